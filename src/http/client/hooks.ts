/** What runs wait for from outside, and how it is handed to them. */
import { HookNotFoundError } from "../../core/errors.ts";
import type { OpenHook, ResumeAnswer, ResumeOptions } from "../../engine/engine.ts";
import { isPlain, placeOf } from "../protocol/address.ts";
import { DELIVERY_HEADER, HOOKS_PATH } from "../protocol/hooks.ts";
import type { CallOptions } from "./client.ts";
import { newId } from "./new-id.ts";
import { type Means, request } from "./transport.ts";

export async function resumeHook(
  means: Means,
  token: string,
  payload: unknown,
  { deliveryId = newId(), signal }: ResumeOptions & CallOptions = {},
): Promise<ResumeAnswer> {
  // No app has made it, and what it would be in an address is anybody's guess.
  if (!isPlain(token)) throw new HookNotFoundError();
  return await request<ResumeAnswer>(means, {
    method: "POST",
    ...placeOf(HOOKS_PATH, { token }),
    headers: { [DELIVERY_HEADER]: deliveryId },
    value: payload,
    what: "The payload of a hook",
    repeatable: true,
    signal,
  });
}

export async function listHooks(
  means: Means,
  runId: string,
  { signal }: CallOptions = {},
): Promise<OpenHook[]> {
  const place = placeOf("/runs/{runId}/hooks", { runId });
  const call = { method: "GET" as const, ...place, repeatable: true, signal };
  return (await request<{ hooks: OpenHook[] }>(means, call)).hooks;
}

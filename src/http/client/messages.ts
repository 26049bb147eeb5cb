import type { AnyChannel } from "../../authoring/channel.ts";
import type { SendAnswer, SendOptions } from "../../engine/engine.ts";
import { placeOf } from "../protocol/address.ts";
import { MESSAGES_PATH } from "../protocol/messages.ts";
import type { CallOptions } from "./client.ts";
import { newId } from "./new-id.ts";
import { type Means, request } from "./transport.ts";

/** One whose answer is lost is sent again by the same id, so it comes once. */
export async function sendMessage(
  means: Means,
  { runId, channel }: { runId: string; channel: AnyChannel | string },
  payload: unknown,
  { messageId = newId(), sentBy, signal }: SendOptions & CallOptions = {},
): Promise<SendAnswer> {
  const name = typeof channel === "string" ? channel : channel.name;
  return await request<SendAnswer>(means, {
    method: "POST",
    ...placeOf(MESSAGES_PATH, { runId, channel: name }),
    body: { payload, messageId, ...(sentBy !== undefined && { sentBy }) },
    what: `The message on channel "${name}"`,
    repeatable: true,
    signal,
  });
}

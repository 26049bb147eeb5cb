import { expect, test } from "vitest";
import {
  HookAlreadyReceivedError,
  HookNotFoundError,
  InvalidInputError,
  RunEndedError,
} from "../../src/http/client/index.ts";
import { type ClientRig, createClientRig } from "./client-rig.ts";

async function waiting(
  rig: ClientRig,
  workflow: string,
): Promise<{ runId: string; token: string }> {
  const { runId } = await rig.client.start(workflow);
  await rig.until(runId, "suspended");
  const [open] = await rig.client.hooks(runId);
  return { runId, token: open?.token ?? "" };
}

test("a hook is found, and resumed with any value", async () => {
  const rig = createClientRig();
  const { runId, token } = await waiting(rig, "asks_anything");
  const [open] = await rig.client.hooks(runId);
  expect(open).toMatchObject({ hook: "anything", createdAt: expect.any(Date) });
  expect(open?.expiresAt).toBeInstanceOf(Date);
  const payload = new Map([["at", new Date(5)]]);
  expect(await rig.client.resumeHook(token, payload)).toEqual({ runId });
  expect(await rig.client.result(runId)).toEqual(payload);
  expect(rig.asked).toContain(`POST /hooks/${token}`);
});

test("what becomes of a payload that is not taken is thrown as the engine throws it", async () => {
  const rig = createClientRig();
  const { runId, token } = await waiting(rig, "asks");
  const bad = rig.client.resumeHook(token, { approved: 1 });
  await expect(bad).rejects.toBeInstanceOf(InvalidInputError);
  await expect(bad).rejects.toMatchObject({ issues: [{ path: ["approved"] }] });
  for (const none of ["", "..", "a/b", "cnVu.0.x"]) {
    await expect(rig.client.resumeHook(none, 1)).rejects.toBeInstanceOf(HookNotFoundError);
  }
  const both = await Promise.allSettled([
    rig.client.resumeHook(token, { approved: true }),
    rig.client.resumeHook(token, { approved: false }),
  ]);
  const [refused] = both.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  expect([HookAlreadyReceivedError, RunEndedError].some((kind) => refused instanceof kind)).toBe(
    true,
  );
  expect(refused).toMatchObject({ runId });
});

test("a delivery is made again by its id, whoever makes it", async () => {
  const rig = createClientRig();
  const { runId, token } = await waiting(rig, "asks_anything");
  const again = { deliveryId: "delivery 1" };
  expect(await rig.client.resumeHook(token, 1, again)).toEqual({ runId });
  expect(await rig.client.resumeHook(token, 1, again)).toEqual({ runId });
  await expect(rig.client.resumeHook(token, 1, { deliveryId: "delivery 2" })).rejects.toMatchObject(
    { runId },
  );
});

test("a delivery whose answer is lost is made again, and is no other", async () => {
  let lost = 0;
  const rig = createClientRig({}, (app) => async (url, init) => {
    const answer = await app(url, init);
    if (!url.includes("/hooks/") || init.method !== "POST" || lost > 0) return answer;
    lost += 1;
    throw new TypeError("the connection is gone");
  });
  const { runId, token } = await waiting(rig, "asks_anything");
  expect(await rig.client.resumeHook(token, "once")).toEqual({ runId });
  expect(lost).toBe(1);
  expect(await rig.client.result(runId)).toBe("once");
  const { events } = await rig.client.getEvents(runId);
  expect(events.filter(({ type }) => type === "hook.received")).toHaveLength(1);
});

import { setTimeout as pause } from "node:timers/promises";
import type { Emulator } from "../../../infra/emulator/emulator.ts";
import { request } from "../api-client.ts";

const LOOK_EVERY_MS = 300;

/** What those who answer a run were told, by what each of them said. */
export type ToldOf = Map<string, number>;

/** Two answer a run at once, as soon as it asks; each as often as it takes to be told what became of it. */
export async function answer(
  emulator: Emulator,
  runId: string,
  isOver: () => boolean,
): Promise<ToldOf> {
  const token = await tokenOf(emulator, runId, isOver);
  const told: ToldOf = new Map();
  if (token === undefined) return told;
  const said = [1, 2].map((person) => `${runId} is answered by ${person}`);
  await Promise.all(
    said.map(async (words) => {
      const asked = { ...emulator, headers: { "idempotency-key": words } };
      told.set(words, (await request(asked, "POST", `/hooks/${token}`, words)).status);
    }),
  );
  return told;
}

/** Nothing where the run asks nobody any more. */
async function tokenOf(
  emulator: Emulator,
  runId: string,
  isOver: () => boolean,
): Promise<string | undefined> {
  while (!isOver()) {
    const { body } = await request(emulator, "GET", `/runs/${runId}/hooks`);
    const [open] = (body["hooks"] ?? []) as { token: string }[];
    if (open) return open.token;
    const { body: run } = await request(emulator, "GET", `/runs/${runId}`);
    if (run["endedAt"] !== undefined) return undefined;
    await pause(LOOK_EVERY_MS);
  }
  return undefined;
}

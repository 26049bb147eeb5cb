/** A workflow of ten steps with everything that can be interrupted, and the witness of its effects. */
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import {
  type Child,
  child,
  getContext,
  hook,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../../src/index.ts";
import { Random } from "../../simulation/random.ts";

export interface Journey {
  /** Decides what its steps are like. */
  seed: string;
  /** A file in which every effect is noted. */
  ledger: string;
  /** Goes on for ever once its steps are done, so that only a cancellation ends it. */
  endless: boolean;
  /** Waits for an answer before it sets out. */
  asks?: boolean;
  /** Has a run of its own go beside it, and ends when both are there. */
  escorted?: boolean;
}

/** One line of the ledger: `token` is what the attempt returned, or was about to. */
export interface Effect {
  runId: string;
  kind: "work" | "undo";
  place: number;
  token: string;
}

interface Work {
  place: number;
  /** So many attempts fail before one succeeds. */
  failures: number;
  workMs: number;
}

interface Stage {
  restMs: number;
  /** They run at once. */
  works: Work[];
}

export const PLACES = 10;

function stagesOf(seed: string): Stage[] {
  const random = new Random(seed);
  const stages: Stage[] = [];
  for (let place = 0; place < PLACES; ) {
    const width = Math.min(random.pick([1, 1, 1, 2, 3]), PLACES - place);
    const works = Array.from({ length: width }, () => ({
      place: place++,
      failures: random.pick([0, 0, 0, 0, 1, 2]),
      workMs: random.between(0, 150),
    }));
    stages.push({ restMs: random.pick([0, 0, 300, 1_000, 2_500]), works });
  }
  return stages;
}

/** Kills count as attempts, so there must be enough of them. */
const PATIENT = { retries: 50, backoff: { initial: "50ms", factor: 1 } } as const;

/** The effect comes before the answer, so that a kill between the two leaves an effect alone. */
async function act(
  kind: Effect["kind"],
  ledger: string,
  { place, failures, workMs }: Work,
): Promise<Pick<Effect, "place" | "token">> {
  const { runId, attempt = 1 } = getContext();
  const token = randomUUID();
  await sleep(workMs / 2);
  appendFileSync(ledger, `${JSON.stringify({ runId, kind, place, token } satisfies Effect)}\n`);
  await sleep(workMs / 2);
  if (attempt <= failures) throw new Error(`Attempt ${attempt} of ${kind} ${place} fails.`);
  return { place, token };
}

const work = step("work", (ledger: string, what: Work) => act("work", ledger, what), PATIENT);
const undo = step("undo", (ledger: string, what: Work) => act("undo", ledger, what), PATIENT);

/** The id of the run that goes beside another. */
export function companionOf(runId: string): string {
  return `${runId}-companion`;
}

/** Answers the tokens of its steps. Cancelled, it undoes those that are done, the last one first. */
async function travel(
  { seed, ledger, endless, asks }: Journey,
  companion?: Child<unknown>,
): Promise<{ place: number; token: string }[]> {
  const done: { what: Work; token: string }[] = [];
  try {
    if (asks) await hook("answer");
    for (const { restMs, works } of stagesOf(seed)) {
      if (restMs > 0) await sleep(restMs);
      await Promise.all(
        works.map(async (what) => {
          const { token } = await work(ledger, what);
          done.push({ what, token });
        }),
      );
    }
    while (endless) await sleep("1h");
    await companion?.result();
    return done.map(({ what: { place }, token }) => ({ place, token }));
  } catch (error) {
    if (isCancellation(error)) {
      await shield(async () => {
        for (const { what } of done.reverse()) await undo(ledger, what);
      });
    }
    throw error;
  }
}

/** Goes beside a journey, by other steps. */
export const companion = workflow("companion", (given: Journey) => travel(given));

export const journey = workflow("journey", async (given: Journey) => {
  if (!given.escorted) return await travel(given);
  const { runId } = getContext();
  const beside = { ...given, seed: `${given.seed}/companion`, asks: false, escorted: false };
  return await travel(given, await child(companion, beside, { runId: companionOf(runId) }));
});

/**
 * The keys of a run's logs: each follows from the first one and the number of the generation.
 *
 * GK1. An exchange that is made again names the same log, and every log of a run that is not deleted yet
 *      can be found by its number.
 * GK2. They are keyed by the first incarnation, which never leaves the store: nobody can foresee one, and
 *      another run with the same id has generations of its own.
 */
import { createHmac } from "node:crypto";
import type { RunHead, RunKey } from "../../ports/store.ts";

type Exchanged = Pick<RunHead, "runId" | "incarnation" | "generation">;

/** Counted from 1. */
export function generationOf({ generation }: Pick<RunHead, "generation">): number {
  return generation?.number ?? 1;
}

/** The incarnation of a run's first log. */
export function firstOf({ incarnation, generation }: Omit<Exchanged, "runId">): string {
  return generation?.first ?? incarnation;
}

function incarnationOf(first: string, generation: number): string {
  if (generation === 1) return first;
  const derived = createHmac("sha256", first)
    .update(`detent.generation/${generation}`)
    .digest()
    .subarray(0, 16)
    .toString("hex");
  return `${derived}.${generation}`;
}

/** The log of one generation of a run, whether it is over or not. */
export function keyOf(head: Exchanged, generation: number): RunKey {
  return { runId: head.runId, incarnation: incarnationOf(firstOf(head), generation) };
}

/** Whether a log is an earlier one of this very run. */
export function isPast(head: Exchanged, { incarnation }: Pick<RunKey, "incarnation">): boolean {
  const generation = numberIn(incarnation);
  return (
    generation < generationOf(head) && incarnationOf(firstOf(head), generation) === incarnation
  );
}

function numberIn(incarnation: string): number {
  return Number(/\.(\d{1,15})$/.exec(incarnation)?.[1] ?? 1);
}

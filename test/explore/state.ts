/**
 * In which state a schedule is: what all that may follow depends on, and how it is judged. Schedules
 * that only swap what does not touch come to equal states, and so do those in which somebody reads the
 * same a little earlier or later.
 *
 * SX1. What a process knows follows from what it was told, in its order, and when: its history.
 * SX2. What the store holds follows from what was written to each item, in its order.
 * SX3. What a witness will say of what follows depends on what he saw, and of its order only on what
 *      came before or after a request, a delivery, an answer, an end, or the record of a step's end.
 */
import type { Witness } from "../simulation/witness.ts";
import { hash } from "./hash.ts";
import type { Stage } from "./stage.ts";
import type { StagedProcess } from "./staged-process.ts";

interface Scene {
  stage: Stage;
  processes: readonly StagedProcess[];
  witnesses: readonly Witness[];
  /** Moments before or after which it matters that something was. */
  anchors: readonly number[];
  others: readonly unknown[];
}

export function stateOf({ stage, processes, witnesses, anchors, others }: Scene): number {
  const { current } = stage;
  const isUrgent = stage.ready.some(
    ({ kind, thread }) => thread === current && kind !== "pause" && !thread.process.stalled,
  );
  const known = processes.map(({ name, alive, stalled, history }) =>
    alive ? `${name} ${history}${stalled ? " stalled" : ""}` : `${name} dead`,
  );
  const seen = witnesses.map((witness) => sightOf(witness, anchors));
  const atWork = isUrgent && current ? `${current.process.name} ${current.number}` : "";
  // Of who has just done something it matters whether he may die of it.
  const last = current && stage.isAtWork(current.process) ? current.process.name : "";
  return hash([stage.now, atWork, last, ...known.sort(), ...others, ...seen].join("\n"));
}

/** What is judged by when it was, among what else was seen: before, at the same moment, or after. */
function sightOf(witness: Witness, anchors: readonly number[]): string {
  const { claims, executions, heardBy: _, settled, ...rest } = witness;
  const { requested, delivered, ended, answers } = witness;
  const sights = [requested, delivered, ended, ...answers].map((each) => each?.moment);
  const seen = [...sights, ...anchors];
  const isAfter = (moment: number, anchor: number | undefined): number =>
    anchor === undefined ? 0 : Math.sign(moment - anchor);
  const placeOf = (moment: number): string =>
    seen.map((anchor) => isAfter(moment, anchor)).join("");
  const granted = claims.map(({ moment, process, ...claim }) => {
    const settledAt = settled.get(claim.command);
    return { ...claim, at: placeOf(moment), settled: isAfter(moment, settledAt), by: process.name };
  });
  const executed = executions.map(({ moment, process, ...execution }) => ({
    ...execution,
    at: isAfter(moment, delivered?.moment),
    by: `${process.name} ${process.alive}`,
  }));
  const ends = [...settled].map(([command, moment]) => `${command} ${placeOf(moment)}`);
  const plain = (name: string, value: unknown): unknown =>
    name === "moment" ? placeOf(value as number) : value;
  const order = anchors.map(placeOf);
  return JSON.stringify([inOrder(granted), inOrder(executed), ends.sort(), order, rest], plain);
}

function inOrder<T extends { command: number; attempt: number }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => a.command - b.command || a.attempt - b.attempt);
}

/** What must be true of the steps of any journey, whoever goes on it. */
import type { EventOf } from "../../../src/core/events.ts";
import { decode } from "../../../src/core/value.ts";
import { type History, isOf } from "../../../src/testing/history.ts";
import { type Effect, PLACES } from "../deployment/journey.ts";

/** Who completes it has been everywhere. */
export function* wrongPlaces({ end }: History): Iterable<string> {
  if (!end || !isOf(end, "workflow.completed")) return;
  const output = decode(end.event.output) as { place: number }[];
  const places = new Set(output.map(({ place }) => place));
  if (places.size !== PLACES || output.length !== PLACES) yield `it did ${output.length} steps`;
}

/** Each result that is recorded is one that an attempt really had, and the only one of its step. */
export function* wrongResults(history: History, effects: readonly Effect[]): Iterable<string> {
  const tokens = new Map(effects.map(({ token, kind, place }) => [token, `${kind} ${place}`]));
  const results = completed(history).map(({ step, result }) => resultOf(step, result));
  for (const { token, name } of results) {
    if (tokens.get(token) !== name) yield `${name} has a result that no attempt had`;
  }
  const names = results.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  for (const name of twice) yield `${name} has two results`;
  const { end } = history;
  if (!end || !isOf(end, "workflow.completed")) return;
  const output = decode(end.event.output) as { place: number; token: string }[];
  for (const { place, token } of output) {
    const recorded = results.find(({ name }) => name === `work ${place}`);
    if (recorded?.token !== token) yield `the code saw another result of work ${place}`;
  }
}

/** What was done is undone, each of it once, the last one first, and nothing else is. */
export function* wrongCleanup(history: History): Iterable<string> {
  const places = (kind: Effect["kind"]): string =>
    completed(history)
      .filter(({ step }) => step === kind)
      .map(({ result }) => (decode(result) as { place: number }).place)
      .sort((a, b) => a - b)
      .join();
  const due = history.delivery ? places("work") : "";
  if (places("undo") !== due) yield `${places("undo")} were undone, not ${due}`;
}

export function completed({ events }: History): EventOf<"step.completed">[] {
  return events.flatMap((each) => (isOf(each, "step.completed") ? [each.event] : []));
}

function resultOf(step: string, result: EventOf<"step.completed">["result"]) {
  const { place, token } = decode(result) as { place: number; token: string };
  return { token, name: `${step} ${place}` };
}

/** A task as an item. Its command is in its key; an item that only has `stop` was never claimed. */
import { asTask } from "../../ports/shapes.ts";
import type { Task, TaskChange, TaskClaim } from "../../ports/store.ts";
import { type Fields, type Item, unmarshal } from "./attributes.ts";
import { numberOf } from "./keys.ts";
import { fromJson, nameOf } from "./stored.ts";

/** @throws StoreDamagedError */
export function taskFrom(item: Item): Task {
  const { sk, attempt = 0, error, end, ...fields } = unmarshal(item);
  const task = {
    ...fields,
    command: numberOf(String(sk)),
    attempt,
    ...(error !== undefined && { error: fromJson(error) }),
    ...(end !== undefined && { end: fromJson(end) }),
  };
  return asTask(task, nameOf(item));
}

export function claimFields({ claim, attempt, lease, startedAt }: TaskClaim): Fields {
  return { claim, attempt, lease, startedAt };
}

/** What an update of a claimed task sets and removes. */
export function updateFields(update: TaskChange): { set: Fields; remove: string[] } {
  switch (update.type) {
    case "renew":
      return { set: { lease: update.lease }, remove: [] };
    case "retry": {
      const { retryAt, error, leftBehind } = update;
      const set = { retryAt, error: JSON.stringify(error), leftBehind };
      return { set, remove: leftBehind ? ["lease"] : ["lease", "leftBehind"] };
    }
    case "finish":
      return { set: { end: JSON.stringify(update.end) }, remove: ["error", "leftBehind"] };
  }
}

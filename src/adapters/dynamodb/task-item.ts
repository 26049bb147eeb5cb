/** A task as an item. Its command is in its key; an item that only has `stop` was never claimed. */
import * as z from "zod/mini";
import type { Task, TaskClaim, TaskUpdate } from "../../ports/store.ts";
import type { Fields, Item } from "./attributes.ts";
import { numberOf } from "./keys.ts";
import { encoded, json, parseItem } from "./stored.ts";

const time = z.number();
const optional = z.exactOptional;

const end = z.discriminatedUnion("type", [
  z.object({ type: z.literal("completed"), result: encoded }),
  z.object({
    type: z.literal("failed"),
    error: encoded,
    leftBehind: optional(z.literal(true)),
  }),
  z.object({ type: z.literal("cancelled"), error: encoded }),
]);

const taskSchema = z.object({
  sk: z.string(),
  attempt: z._default(z.number(), 0),
  claim: optional(z.string()),
  lease: optional(time),
  startedAt: optional(time),
  retryAt: optional(time),
  error: optional(json(encoded)),
  leftBehind: optional(z.literal(true)),
  stop: optional(z.boolean()),
  end: optional(json(end)),
});

/** @throws DetentError `store.damaged` */
export function taskFrom(item: Item): Task {
  const { sk, ...fields } = parseItem(taskSchema, item);
  return { command: numberOf(sk), ...fields };
}

export function claimFields({ claim, attempt, lease, startedAt }: TaskClaim): Fields {
  return { claim, attempt, lease, startedAt };
}

/** What an update of a claimed task sets and removes. */
export function updateFields(update: TaskUpdate): { set: Fields; remove: string[] } {
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

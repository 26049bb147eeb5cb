/** The clauses on tasks: S11 to S15. */
import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod/mini";
import { inParallel } from "../../core/in-parallel.ts";
import { isClaimed, isWritten } from "../../ports/claims.ts";
import { checkUpdate } from "../../ports/limits.ts";
import { fitting } from "../../ports/shapes.ts";
import type { RunKey, Task, TaskAnswer, TaskStore } from "../../ports/store.ts";
import { type Fields, type Item, marshal, unmarshal } from "./attributes.ts";
import { conditional } from "./conditions.ts";
import { type UpdatePlan, updateOf } from "./expressions.ts";
import { marksKey, TTL_ATTRIBUTE, taskKey } from "./keys.ts";
import { getItems } from "./reading.ts";
import { nameOf } from "./stored.ts";
import type { Table } from "./table.ts";
import { claimFields, taskFrom, updateFields } from "./task-item.ts";

/** Never claimed, or free for the next attempt. An item that is absent is free. */
const IS_FREE = `attribute_not_exists(#stop) AND attribute_not_exists(#end)
  AND (attribute_not_exists(#claim) OR (#attempt = :last
    AND (attribute_not_exists(#lease) OR #lease < :leaseEndedBefore)
    AND (attribute_not_exists(#retryAt) OR #retryAt <= :now)))`;

const IS_HELD = "#claim = :claim AND attribute_exists(#lease) AND attribute_not_exists(#end)";

export function createTasks(table: Table): TaskStore {
  async function write(plan: UpdatePlan, ReturnValues: "ALL_NEW" | "NONE" = "NONE") {
    const set: Fields = { ...plan.set, [TTL_ATTRIBUTE]: table.timeToLive() };
    const input = updateOf(table.name, { ...plan, set });
    return table.requests.send(new UpdateItemCommand({ ...input, ReturnValues }));
  }

  /** @param isOwn whether the task stands as this call would leave it */
  function answered(
    { key, command }: { key: RunKey; command: number },
    plan: Omit<UpdatePlan, "key">,
    isOwn: (task: Task) => boolean,
  ): Promise<TaskAnswer> {
    const read = (item: Item | undefined): Task =>
      item ? taskFrom(item) : { command, attempt: 0 };
    return conditional<TaskAnswer>(
      async () => {
        const updated = await write({ key: taskKey(key, command), ...plan }, "ALL_NEW");
        return { ok: true, task: read(updated.Attributes) };
      },
      (item) => {
        const task = read(item);
        return { ok: isOwn(task), task };
      },
    );
  }

  return {
    claim(key, command, claim) {
      const { attempt, leaseEndedBefore, now } = claim;
      const plan = {
        set: claimFields(claim),
        remove: ["retryAt"],
        condition: IS_FREE,
        values: { last: attempt - 1, leaseEndedBefore, now },
      };
      return answered({ key, command }, plan, (task) => isClaimed(task, claim));
    },

    async update(key, command, update) {
      checkUpdate(key.runId, command, update);
      const { claim } = update;
      const plan = { ...updateFields(update), condition: IS_HELD, values: { claim } };
      return answered({ key, command }, plan, (task) => isWritten(task, update));
    },

    async stop(key, commands) {
      await inParallel(commands, (command) =>
        write({ key: taskKey(key, command), set: { stop: true } }),
      );
    },

    async get(key, commands) {
      const wanted = [...new Set(commands)];
      const items = await getItems(
        table,
        wanted.map((command) => taskKey(key, command)),
      );
      const found = new Map(items.map(taskFrom).map((task) => [task.command, task]));
      return wanted.flatMap((command) => found.get(command) ?? []);
    },

    async markDone(key, command) {
      await write({
        key: marksKey(key),
        also: "ADD #done :done",
        values: { done: new Set([command]) },
      });
    },

    async doneMarks(key) {
      const { Item } = await table.requests.send(
        new GetItemCommand({
          TableName: table.name,
          Key: marshal(marksKey(key)),
          ConsistentRead: true,
        }),
      );
      const { done = [] } = Item ? fitting(marksShape, unmarshal(Item), nameOf(Item)) : {};
      return [...done].sort((a, b) => a - b);
    },

    async unmarkDone(key, commands) {
      if (commands.length === 0) return;
      const done = new Set(commands);
      await write({ key: marksKey(key), also: "DELETE #done :done", values: { done } });
    },
  };
}

const marksShape = z.object({ done: z.exactOptional(z.set(z.number())) });

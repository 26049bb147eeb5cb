/** The clauses on children: S32 and S33. Their marks are left by the append that ends them (S31). */
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { inParallel } from "../../core/in-parallel.ts";
import { asEndMark } from "../../ports/shapes.ts";
import type { ChildStore, KeptMark, LeftMark } from "../../ports/store.ts";
import { type Item, marshal, unmarshal } from "./attributes.ts";
import { mentioned } from "./expressions.ts";
import { duePartition, ENDED, endMarkKey, numberOf, runPartition, TTL_ATTRIBUTE } from "./keys.ts";
import { queryPages } from "./reading.ts";
import { fromJson, nameOf } from "./stored.ts";
import type { Table } from "./table.ts";

export function createChildren(table: Table): ChildStore {
  return {
    async endMarks(parent, limit) {
      const condition = "#pk = :pk AND begins_with(#sk, :ended)";
      const pages = queryPages(table, {
        KeyConditionExpression: condition,
        ...mentioned([condition], { pk: runPartition(parent), ended: ENDED }),
        ConsistentRead: true,
        Limit: limit,
      });
      const marks: KeptMark[] = [];
      for await (const items of pages) {
        marks.push(...items.map(endMarkFrom));
        if (marks.length >= limit) break;
      }
      return marks.slice(0, limit);
    },

    async clearEndMarks(parent, commands) {
      await inParallel(commands, (command) =>
        table.requests.send(
          new DeleteItemCommand({
            TableName: table.name,
            Key: marshal(endMarkKey(parent, command)),
          }),
        ),
      );
    },
  };
}

export function endMarkItem({ parent, mark, dueAt }: LeftMark, ttl: number): Item {
  const { command, child, generation, status, position, output, error } = mark;
  return marshal({
    ...endMarkKey(parent, command),
    child,
    generation,
    status,
    position,
    output: output === undefined ? undefined : JSON.stringify(output),
    error: error === undefined ? undefined : JSON.stringify(error),
    dueAt,
    duePartition: duePartition(parent.runId),
    [TTL_ATTRIBUTE]: ttl,
  });
}

/** @throws StoreDamagedError */
function endMarkFrom(item: Item): KeptMark {
  const { sk, child, generation, status, position, output, error, dueAt } = unmarshal(item);
  const mark = {
    command: numberOf(String(sk)),
    child,
    ...(generation !== undefined && { generation }),
    status,
    position,
    ...(output !== undefined && { output: fromJson(output) }),
    ...(error !== undefined && { error: fromJson(error) }),
    ...(dueAt !== undefined && { dueAt }),
  };
  return asEndMark(mark, nameOf(item));
}

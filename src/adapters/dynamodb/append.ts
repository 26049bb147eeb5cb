/**
 * The one write that everything rests on: S3 to S5, S24, S30, S31, S35, S36. A try whose answer was lost is known by the
 * entry's id, be it in the item that fails the condition or in the token of a transaction.
 */

import { createHash } from "node:crypto";
import {
  type Put,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type Update,
} from "@aws-sdk/client-dynamodb";
import { RunNotFoundError } from "../../core/errors.ts";
import type { Entry } from "../../core/events.ts";
import { isError } from "../../core/thrown.ts";
import { checkBirths, checkEntry, checkNext, fittingChange } from "../../ports/limits.ts";
import type {
  AppendAnswer,
  AppendOptions,
  HeadChange,
  LogStore,
  NextLog,
  RunKey,
} from "../../ports/store.ts";
import type { Item } from "./attributes.ts";
import { birthOf, startBeside } from "./birth-items.ts";
import { endMarkItem } from "./children.ts";
import { conditional, present } from "./conditions.ts";
import { entryFrom, entryItem } from "./entry-item.ts";
import { mentioned, updateOf } from "./expressions.ts";
import { fileAsEnded } from "./filing.ts";
import { endsRun, headUpdate } from "./head-item.ts";
import { activeValues, IS_ACTIVE, standingHead } from "./heads.ts";
import { headKey } from "./keys.ts";
import { nextLogFields, nextLogItems } from "./next-log.ts";
import type { Table } from "./table.ts";
import { cancellationReasons } from "./transient.ts";

export function createAppend(table: Table): LogStore["append"] {
  return async (key, entry, { change: wanted, dueAt, births = [], endMark, next } = {}) => {
    const eventsText = JSON.stringify(entry.events);
    checkEntry(key.runId, entry, eventsText);
    checkBirths(births);
    if (next) checkNext(key.runId, next);
    const change = wanted && fittingChange(key.runId, wanted);
    const ttl = table.timeToLive();
    const put = putOf(table, entryItem(key, entry, { eventsText, ttl, dueAt }));
    if (change || endMark || births.length > 0) {
      const answer = await appendAll(table, { key, entry, put }, { change, births, endMark, next });
      if (answer.outcome === "appended" && change && endsRun(change)) {
        await fileAsEnded(table, { ...key, status: change.status });
      }
      return answer;
    }
    return conditional<AppendAnswer>(
      async () => {
        await table.requests.send(new PutItemCommand(put));
        return { outcome: "appended" };
      },
      (item) => answerTo(entry, present(item)),
    );
  };
}

interface Named {
  key: RunKey;
  entry: Entry;
}

interface Appending extends Named {
  put: Put;
}

/** The entry and all that goes with it, in one transaction. */
async function appendAll(
  table: Table,
  { key, entry, put }: Appending,
  { change, births = [], endMark, next }: Omit<AppendOptions, "dueAt">,
): Promise<AppendAnswer> {
  const ttl = table.timeToLive();
  const TransactItems: TransactWriteItem[] = [
    { Put: put },
    ...births.map((birth) => ({ Put: birthOf(table, birth) })),
    ...(change ? [{ Update: updateWith(table, { key, entry, change, next }) }] : []),
    ...births.flatMap((birth) => startBeside(table, birth, ttl)),
    ...(endMark ? [{ Put: { TableName: table.name, Item: endMarkItem(endMark, ttl) } }] : []),
    ...(next ? nextLogItems(table, key, next) : []),
  ];
  const write = async (ClientRequestToken?: string): Promise<AppendAnswer> => {
    await table.requests.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
    return { outcome: "appended" };
  };
  try {
    // A repeated call may compute other times than the first. DynamoDB then refuses its token, and
    // the conditions alone tell whether the first call was written.
    return await write(tokenOf(key, entry)).catch((error: unknown) => {
      if (isNamed(error, "IdempotentParameterMismatchException")) return write();
      throw error;
    });
  } catch (error) {
    if (!isNamed(error, "TransactionCanceledException")) throw error;
    const [onEntry, ...others] = cancellationReasons(error);
    if (onEntry?.Code === FAILED) return answerTo(entry, present(onEntry.Item));
    const runIds = births.flatMap(({ runId }, index) =>
      others[index]?.Code === FAILED ? runId : [],
    );
    if (runIds.length > 0) return { outcome: "taken", runIds };
    const onHead = change && others[births.length];
    if (onHead?.Code !== FAILED) throw table.requests.refusal(error, "TransactWriteItems");
    const head = standingHead(key, onHead.Item);
    if (!head) throw new RunNotFoundError(key.runId);
    return { outcome: "ended", head };
  }
}

const FAILED = "ConditionalCheckFailed";

function updateWith(
  table: Table,
  { key, entry, change, next }: { change: HeadChange; next?: NextLog | undefined } & Named,
): Update & { UpdateExpression: string } {
  const { set, remove } = headUpdate(entry.position, change);
  const exchanged = next && nextLogFields(next);
  return updateOf(table.name, {
    key: headKey(key.runId),
    set: { ...set, ...exchanged?.set },
    remove: [...remove, ...(exchanged?.remove ?? [])],
    condition: IS_ACTIVE,
    values: activeValues(key),
  });
}

function putOf(table: Table, Item: Item) {
  const condition = "attribute_not_exists(#pk)";
  return {
    TableName: table.name,
    Item,
    ConditionExpression: condition,
    ...mentioned([condition], {}),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  } satisfies Put;
}

function answerTo(entry: Entry, item: Item): AppendAnswer {
  const standing = entryFrom(item);
  return standing.id === entry.id
    ? { outcome: "appended" }
    : { outcome: "conflict", entry: standing };
}

/** The same for every try of one intent at one position; DynamoDB takes 36 characters. */
function tokenOf({ runId, incarnation }: RunKey, { id, position }: Entry): string {
  const intent = JSON.stringify([runId, incarnation, id, position]);
  return createHash("sha256").update(intent).digest("base64url").slice(0, 36);
}

function isNamed(error: unknown, name: string): error is Error {
  return isError(error) && error.name === name;
}

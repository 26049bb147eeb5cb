/**
 * Sends requests. The client's own retries come first, as its owner configured them; what they leave
 * is sent again here, with full jitter, until the store's `timeout` is used up.
 *
 * DR1. A write may be sent again although its first try was written and only the answer was lost:
 *      whoever sends it recognises its own work in the item that fails its condition.
 * DR2. Conditions that failed are the sender's answer; they come through as DynamoDB reports them.
 * DR3. Everything else that cannot succeed by itself is a `DetentError` that says what to do.
 */

import type {
  $Command,
  DynamoDBClient,
  DynamoDBClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-dynamodb";
import { backoffMs, jittered } from "../../core/backoff.ts";
import {
  ConfigurationError,
  DetentError,
  StoreRefusedError,
  StoreUnavailableError,
} from "../../core/errors.ts";
import { isError } from "../../core/thrown.ts";
import { type Clock, pause } from "../../ports/clock.ts";
import { isAnswer, reasonOf } from "../aws/transient.ts";
import { isTransient } from "./transient.ts";

/** A `DynamoDBClient` or a `DynamoDBDocumentClient`. Its configuration and middleware are kept. */
export interface DynamoClient {
  send(command: never, options?: never): Promise<unknown>;
}

type Command<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = $Command<
  Input,
  Output,
  DynamoDBClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>;

export interface Requests {
  /** @throws StoreUnavailableError, DetentError, or the failed condition */
  send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: Command<Input, Output>,
  ): Promise<Output>;
  /**
   * Calls until it answers something, with growing pauses.
   * @param wait for how long, if not for one timeout, and why there may be no answer yet
   * @throws StoreUnavailableError when time is up
   */
  until<Answer>(
    operation: string,
    attempt: () => Promise<Answer | undefined>,
    wait?: { withinMs: number; why: string },
  ): Promise<Answer>;
  /** What to throw for an error that cannot go away by itself. */
  refusal(error: Error, operation: string): DetentError;
}

/** How long one request may take with all its repetitions, unless the store's owner says. */
export const REQUEST_TIMEOUT_MS = 15_000;

const BACKOFF = { firstMs: 25, longestMs: 2_000 };
/** One try that hangs must leave time for others. */
const TRIES_IN_TIMEOUT = 3;

/** @throws ConfigurationError when there is no client, or no name. */
export function createRequests(options: {
  client: DynamoClient;
  tableName: string;
  timeoutMs: number;
  clock: Clock;
}): Requests {
  const { tableName, timeoutMs, clock } = options;
  const client = options.client as unknown as DynamoDBClient;
  if (typeof client?.send !== "function" || typeof tableName !== "string" || tableName === "") {
    throw new ConfigurationError(
      "A table needs { client, tableName }: a DynamoDBClient or DynamoDBDocumentClient, and the name.",
    );
  }

  async function sendOnce<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: Command<Input, Output>,
  ): Promise<Output> {
    const controller = new AbortController();
    const stopTimer = clock.after(timeoutMs / TRIES_IN_TIMEOUT, () => controller.abort());
    try {
      return await client.send(command, { abortSignal: controller.signal });
    } finally {
      stopTimer();
    }
  }

  async function until<Answer>(
    operation: string,
    attempt: () => Promise<Answer | undefined>,
    { withinMs, why } = { withinMs: timeoutMs, why: "it is throttled" },
  ): Promise<Answer> {
    const deadline = clock.now() + withinMs;
    for (let tries = 0; ; tries++) {
      let failure: Error | undefined;
      try {
        const answer = await attempt();
        if (answer !== undefined) return answer;
      } catch (error) {
        // One of ours has been sent again and again already.
        if (error instanceof DetentError || !isTransient(error)) throw error;
        failure = error;
      }
      const pauseMs = jittered(backoffMs(BACKOFF, tries + 1), Math.random());
      if (clock.now() + pauseMs >= deadline) {
        throw new StoreUnavailableError(
          operation,
          failure ?? new Error(why),
          failure && reasonOf(failure),
        );
      }
      await pause(clock, pauseMs);
    }
  }

  function refusal(error: Error, operation: string): DetentError {
    if (error.name === "ResourceNotFoundException") {
      return new StoreRefusedError(
        TABLE_MISSING,
        `There is no table "${tableName}" in this account and region. Create it with createTable({ client, tableName }), or check the name and the client's region.`,
        { cause: error },
      );
    }
    if (!isAnswer(error)) {
      return new StoreRefusedError(
        "store.refused",
        `The client could not send ${operation} to table "${tableName}": ${error.name}: ${error.message}. Check the client's configuration: region, endpoint, credentials.`,
        { cause: error },
      );
    }
    return new StoreRefusedError(
      "store.refused",
      `DynamoDB refused ${operation} on table "${tableName}": ${error.name}: ${error.message}. Check the client's credentials, its permissions on the table and its indexes, and that createTable made the table.`,
      { cause: error },
    );
  }

  return {
    until,
    refusal,
    async send(command) {
      const operation = command.constructor.name.replace(/Command\d*$/, "");
      try {
        return await until(operation, () => sendOnce(command));
      } catch (error) {
        if (!isError(error) || error instanceof DetentError) throw error;
        throw MEANINGFUL.has(error.name) ? error : refusal(error, operation);
      }
    },
  };
}

/** What only the sender can read: the outcome of its conditions. */
const MEANINGFUL: ReadonlySet<string> = new Set([
  "ConditionalCheckFailedException",
  "TransactionCanceledException",
  "IdempotentParameterMismatchException",
  "ResourceInUseException",
]);

export const TABLE_MISSING = "store.tableMissing";

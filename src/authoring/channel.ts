import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Duration, toMillis } from "../core/duration.ts";
import { ConfigurationError } from "../core/errors.ts";
import { isLabel, RULES } from "../core/option-rules.ts";
import { isSchema } from "./schema.ts";
import { currentScope } from "./scope.ts";

export interface ReceiveOptions {
  /** How long the code waits for a message. Default: for ever. */
  timeout?: Duration | undefined;
}

/**
 * What runs of a workflow can be sent, by name. `Sent` is what its senders give, `Message` what its schema
 * puts out for that, which is what the code receives.
 */
export interface Channel<Message, Sent = Message> extends AsyncIterable<Message> {
  readonly name: string;
  readonly schema: StandardSchemaV1 | undefined;
  /**
   * The next message: the oldest that nobody has received yet, or the next one that comes. Each call takes
   * one, even if nobody looks at its promise any more, as after a race that something else has won.
   * @throws TimeoutError when none came in its time. ChannelNotFoundError where the workflow does not name
   *   the channel: its run has a problem, and goes on when that is mended. ConfigurationError outside of
   *   a workflow and in a step; InvalidInputError for a bad timeout.
   */
  receive(options?: ReceiveOptions): Promise<Message>;
  /** Message by message, in the order in which they came, without end. */
  [Symbol.asyncIterator](): AsyncIterator<Message, never, undefined>;
  /** Carries the type of what is sent; never called. */
  readonly "~sent"?: (payload: Sent) => void;
}

/** Any channel, whatever its types. */
export type AnyChannel = Channel<unknown, never>;

/**
 * A way to send messages to runs that name it: `workflow(…, { channels: [approvals] })`. Messages are held
 * against the schema when they are sent, kept in the order in which they came, and received by the code
 * when it asks for them.
 *
 * @example
 * const approvals = channel("approvals", z.object({ by: z.string(), approved: z.boolean() }));
 * const order = workflow("order", async () => {
 *   const { by } = await approvals.receive({ timeout: "2d" });
 *   for await (const approval of approvals) { … }
 * }, { channels: [approvals] });
 * await engine.send(runId, approvals, { by: "alice", approved: true });
 * @throws ConfigurationError for a bad name or schema.
 */
export function channel<Message = unknown, Sent = Message>(
  name: string,
  schema?: StandardSchemaV1<Sent, Message>,
): Channel<Message, Sent> {
  if (!isLabel(name)) {
    throw new ConfigurationError(
      `A channel needs a name, ${RULES.label.wanted}: channel("approvals").`,
    );
  }
  if (schema !== undefined && !isSchema(schema)) {
    throw new ConfigurationError(
      `The schema of channel "${name}" is no Standard Schema. Pass a schema of zod (3.24 or newer), valibot or arktype.`,
    );
  }
  const receive = async ({ timeout }: ReceiveOptions = {}): Promise<Message> =>
    (await receiveFrom(name, timeout)) as Message;
  return {
    name,
    schema,
    receive,
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: await receive() }),
    }),
  };
}

export function isChannel(value: unknown): value is AnyChannel {
  const { name, receive } = Object(value) as Partial<AnyChannel>;
  return isLabel(name) && typeof receive === "function";
}

function receiveFrom(name: string, timeout: Duration | undefined): Promise<unknown> {
  const timeoutMs = timeout === undefined ? undefined : toMillis(timeout, "timeout");
  const scope = currentScope();
  if (scope?.kind !== "workflow") {
    const where = scope ? `in step "${scope.step}"` : "outside of a workflow";
    throw new ConfigurationError(
      `Something was received from channel "${name}" ${where}. Receive in the workflow's code, and hand the message to the step that needs it.`,
    );
  }
  scope.host.requireChannel(name);
  return scope.host.issue({ kind: "receive", name, timeoutMs }, scope);
}

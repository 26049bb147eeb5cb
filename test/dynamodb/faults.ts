/** Makes an SDK client fail as DynamoDB and networks do, which DynamoDB Local never does. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

type Arguments = { input: object };
type Answer = { output: object };
type Next = (args: Arguments) => Promise<Answer>;

export interface Fault {
  /** What happens instead of the request. Sees the request's input, and may send it after all. */
  act(input: Record<string, unknown>, send: (input: object) => Promise<Answer>): Promise<Answer>;
}

export interface Faults {
  /** The next requests of this kind meet these faults, one each; those after them meet none. */
  meet(operation: string, ...faults: Fault[]): void;
  /** Every request of this kind meets the fault. */
  alwaysMeet(operation: string, fault: Fault): void;
  /** Forgets all, what was sent included. */
  clear(): void;
  /** The names of all operations sent since the last look, those that failed included. */
  sent(): string[];
}

/** @param step where the middleware stands: `initialize` is outside the SDK's own retries. */
export function injectFaults(
  client: DynamoDBClient,
  step: "initialize" | "finalizeRequest" = "initialize",
): Faults {
  const once = new Map<string, Fault[]>();
  const always = new Map<string, Fault>();
  let sent: string[] = [];
  const middleware = (next: Next, context: { commandName?: string }) => (args: Arguments) => {
    const operation = String(context.commandName).replace(/Command$/, "");
    sent.push(operation);
    const fault = once.get(operation)?.shift() ?? always.get(operation);
    return fault ? fault.act({ ...args.input }, (input) => next({ ...args, input })) : next(args);
  };
  client.middlewareStack.add(middleware as never, { step: step as never, name: "faults" });
  return {
    meet: (operation, ...faults) => void once.set(operation, faults),
    alwaysMeet: (operation, fault) => void always.set(operation, fault),
    clear() {
      once.clear();
      always.clear();
      sent = [];
    },
    sent() {
      const before = sent;
      sent = [];
      return before;
    },
  };
}

/** The request does not reach the server. */
export function refused(error: Error): Fault {
  return { act: () => Promise.reject(error) };
}

/** The request is done, and the answer is lost, be it a failed condition. */
export const lostAnswer: Fault = {
  async act(input, send) {
    await send(input).catch(() => undefined);
    throw brokenConnection();
  },
};

/** An error as the service reports it. */
export function serviceError(name: string, fields: object = {}, status = 400): Error {
  const $fault = status < 500 ? "client" : "server";
  const error = new Error(`${name}, injected`);
  return Object.assign(error, { name, $fault, $metadata: { httpStatusCode: status }, ...fields });
}

export function brokenConnection(): Error {
  return Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
}

export function cancelledTransaction(...codes: string[]): Error {
  const CancellationReasons = codes.map((Code) => ({ Code }));
  return serviceError("TransactionCanceledException", { CancellationReasons });
}

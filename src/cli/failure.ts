/** How a command fails: what it says, and the exit code. */

import { messageOf } from "../core/thrown.ts";
import { ClientError, DetentError, InvalidInputError, type Issue } from "../http/client/index.ts";

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  alreadyEnded: 4,
  timedOut: 5,
  /** 128 and the number of SIGINT, as every shell has it. */
  interrupted: 130,
} as const;

interface FailureDetails {
  /** What stands beside the `error` in JSON. */
  document?: Record<string, unknown>;
  issues?: readonly Issue[];
}

/** A command ends with this code. */
export class Failure extends Error {
  readonly exitCode: number;
  readonly code: string;
  readonly document: Record<string, unknown>;
  readonly issues: readonly Issue[];

  constructor(exitCode: number, code: string, message: string, details: FailureDetails = {}) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
    this.document = details.document ?? {};
    this.issues = details.issues ?? [];
  }
}

/** The user wanted out. @param document what is known by then, so that it is not lost. */
export function interrupted(command: string, document: Record<string, unknown> = {}): Failure {
  const message = `Interrupted. What was asked for already goes on; look with ${command}`;
  return new Failure(EXIT.interrupted, "interrupted", message, { document });
}

/** The command was not called as it can be. */
export function usageFailure(message: string): Failure {
  return new Failure(EXIT.usage, "usage", message);
}

const EXIT_OF_CODE: Record<string, number> = {
  "input.invalid": EXIT.usage,
  "value.notSerializable": EXIT.usage,
  "configuration.invalid": EXIT.usage,
  "workflow.notFound": EXIT.notFound,
  "run.notFound": EXIT.notFound,
  "generation.notFound": EXIT.notFound,
  "hook.notFound": EXIT.notFound,
  "channel.notFound": EXIT.notFound,
  "run.ended": EXIT.alreadyEnded,
  "hook.alreadyReceived": EXIT.alreadyEnded,
  "hook.expired": EXIT.alreadyEnded,
  timeout: EXIT.timedOut,
};

/** What a shell's user does about an error, where the error itself cannot know. */
const ADVICE: Record<string, string> = {
  "token.missing": "Pass it as --token, or set DETENT_TOKEN.",
  "token.invalid": "It was taken from --token or DETENT_TOKEN.",
  "connection.failed": "The address is that of --url, else of DETENT_URL, else of `detent dev`.",
  "answer.unexpected": "The address is that of --url, else of DETENT_URL, else of `detent dev`.",
};

/** Anything thrown, as a failure of the command. */
export function asFailure(thrown: unknown, document: Record<string, unknown> = {}): Failure {
  if (thrown instanceof Failure) return thrown;
  const message = messageOf(thrown);
  if (!(thrown instanceof DetentError)) {
    return new Failure(EXIT.failed, "shell.failed", message, { document });
  }
  const { code } = thrown;
  const known = Object.hasOwn(EXIT_OF_CODE, code) ? EXIT_OF_CODE[code] : undefined;
  const advice =
    thrown instanceof ClientError && Object.hasOwn(ADVICE, code) ? ` ${ADVICE[code]}` : "";
  const issues = thrown instanceof InvalidInputError ? thrown.issues : [];
  return new Failure(known ?? EXIT.failed, code, message + advice, { document, issues });
}

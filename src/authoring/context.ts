import { ConfigurationError } from "../core/errors.ts";
import type { Logger } from "../ports/logger.ts";
import { currentScope } from "./scope.ts";

/** What a run was asked, as its code sees it. */
export interface CancellationNews {
  reason?: string;
  requestedBy?: string;
  requestedAt: Date;
}

/** What workflow and step code may ask about the run it belongs to. */
export interface Context {
  readonly runId: string;
  readonly workflow: string;
  /** In a step: its name. */
  readonly step?: string;
  /** In a step: which attempt this is, from 1. */
  readonly attempt?: number;
  /** In a step: stable across its attempts, distinct between steps. In a workflow: the run id. */
  readonly idempotencyKey: string;
  /** Fires when the run is asked to stop; in a step also at its timeout. Not inside a shield. */
  readonly signal: AbortSignal;
  /** In a workflow: once a cancellation was delivered; in a step: as soon as it is known. */
  readonly cancellation?: CancellationNews | undefined;
  /** @throws CancellationError if the run was asked to stop, unless called inside a shield. */
  checkCancellation(): Promise<void>;
  /** In a workflow: the time of the last thing it saw, the same at every replay. */
  now(): Date;
  /** From 0 to 1. In a workflow: the same at every replay. */
  random(): number;
  /** A UUID. In a workflow: the same at every replay. */
  uuid(): string;
  /** In a workflow: silent while the log is replayed. */
  readonly logger: Logger;
}

/**
 * The context of the workflow or step that calls it.
 * @throws ConfigurationError outside of both.
 */
export function getContext(): Context {
  const scope = currentScope();
  if (scope === undefined) {
    throw new ConfigurationError(
      "getContext() was called outside of a workflow or step. Call it in the code that the engine runs.",
    );
  }
  const { host, shielded } = scope;
  const checkCancellation = (): Promise<void> => host.checkCancellation(shielded);
  const own: PropertyDescriptorMap = {
    checkCancellation: { value: checkCancellation, enumerable: true },
  };
  if (scope.kind === "step") {
    own["step"] = { value: scope.step, enumerable: true };
    own["signal"] = { get: () => scope.host.signal, enumerable: true };
  }
  return Object.create(host.context, own) as Context;
}

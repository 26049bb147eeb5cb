import { ConfigurationError } from "../core/errors.ts";
import type { Logger } from "../ports/logger.ts";
import { currentScope, type Scope } from "./scope.ts";

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
  /**
   * In a workflow: a line is written at most once, when what brought the code there is in the run's log.
   * In a step: as it comes, by each attempt.
   */
  readonly logger: Logger;
}

/**
 * The context of the workflow or step that calls it. What it does, it does for whoever calls it: a
 * workflow's context that is used inside a step serves the step.
 * @throws ConfigurationError outside of both.
 */
export function getContext(): Context {
  const own = currentScope();
  if (own === undefined) {
    throw new ConfigurationError(
      "getContext() was called outside of a workflow or step. Call it in the code that the engine runs.",
    );
  }
  const here = (): Scope => currentScope() ?? own;
  const { context } = own.host;
  return {
    runId: context.runId,
    workflow: context.workflow,
    ...(own.kind === "step" && { step: own.step }),
    ...(context.attempt !== undefined && { attempt: context.attempt }),
    idempotencyKey: own.kind === "step" ? own.idempotencyKey : context.runId,
    get signal() {
      const scope = here();
      return scope.kind === "step" ? scope.host.signal : scope.host.context.signal;
    },
    get cancellation() {
      return here().host.context.cancellation;
    },
    checkCancellation: () => here().host.checkCancellation(here().shielded),
    now: () => here().host.context.now(),
    random: () => here().host.context.random(),
    uuid: () => here().host.context.uuid(),
    logger: context.logger,
  };
}

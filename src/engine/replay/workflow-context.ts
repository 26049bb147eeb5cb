import type { CancellationNews } from "../../authoring/context.ts";
import type { WorkflowHost } from "../../authoring/scope.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RunHead } from "../../ports/store.ts";
import { createDeterministic } from "./deterministic.ts";
import { generationOf } from "./generation-key.ts";

/** What the context tells of an execution as it stands. */
interface Source {
  signal: AbortSignal;
  logger: Logger;
  news(): CancellationNews | undefined;
  now(): number;
  /** Called before something is drawn. */
  drawing(what: string): void;
}

/** What workflow code may ask about its run. */
export function workflowContext(
  key: Pick<RunHead, "runId" | "incarnation" | "generation">,
  workflow: string,
  { signal, logger, news, now, drawing }: Source,
): WorkflowHost["context"] {
  const { runId, incarnation } = key;
  const { random, uuid } = createDeterministic(incarnation);
  const drawn = <T>(what: string, draw: () => T): T => {
    drawing(what);
    return draw();
  };
  return {
    runId,
    generation: generationOf(key),
    workflow,
    idempotencyKey: runId,
    signal,
    get cancellation() {
      return news();
    },
    now: () => new Date(now()),
    random: () => drawn("random()", random),
    uuid: () => drawn("uuid()", uuid),
    logger,
  };
}

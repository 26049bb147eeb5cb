/** Holds every log that a test leaves behind against the engine's promises. */
import { afterEach } from "vitest";
import type { AnyWorkflow } from "../src/authoring/workflow.ts";
import type { RunHead, Store } from "../src/ports/store.ts";
import { assertInvariants } from "../src/testing/invariants.ts";
import { assertReplays } from "../src/testing/replay-invariants.ts";

/** Something that keeps runs: a test engine is one. */
export interface Runs {
  readonly store: Store;
  /** The code that wrote the logs; where it is given, their prefixes are replayed too. */
  readonly workflows?: readonly AnyWorkflow[] | undefined;
}

/** @throws Error naming every promise that the log of a run breaks. Nobody may be writing. */
export async function checkAllRuns({ store, workflows = [] }: Runs): Promise<void> {
  for await (const head of allRuns(store)) {
    const log = [head.start, ...(await store.read(head, 1))];
    assertInvariants(log, head);
    const code = workflows.find(
      ({ name, version }) => name === head.workflow && version === head.version,
    );
    // A run with a problem has a log that this code may not fit.
    if (code && !head.problem) await assertReplays(code, head, log);
  }
}

/**
 * Registers `afterEach`: all runs of what is passed through the function it answers are checked
 * after the test.
 *
 * @example
 * const checked = checkRunsAfterEach();
 * const engine = checked(createTestEngine({ workflows: [order] }));
 */
export function checkRunsAfterEach(): <Kept extends Runs>(kept: Kept) => Kept {
  const left: Runs[] = [];
  afterEach(async () => {
    for (const runs of left.splice(0)) await checkAllRuns(runs);
  });
  return (kept) => {
    left.push(kept);
    return kept;
  };
}

async function* allRuns(store: Store): AsyncGenerator<RunHead> {
  let cursor: string | undefined;
  do {
    const page = await store.listRuns({}, 1000, cursor);
    // A list may be a little behind; the head is not.
    for (const { runId, createdAt } of page.heads) {
      const head = await store.head(runId, createdAt);
      if (head) yield head;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}

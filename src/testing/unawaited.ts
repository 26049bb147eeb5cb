/** What workflow code calls without awaiting it: found for tests that refuse such code. */
import { labelIn, nameIn } from "../core/commands/index.ts";
import { type Entry, isUnbegun } from "../core/events.ts";
import type { Store } from "../ports/store.ts";

export type UnawaitedCalls = "warn" | "refuse";

/** Refuses runs whose code ended while nobody awaited what it had called. */
export class UnawaitedGuard {
  readonly #refuses: boolean;
  readonly #found: string[] = [];

  constructor(how: UnawaitedCalls) {
    this.#refuses = how === "refuse";
  }

  /** The store, with what is written to it checked. */
  checking(store: Store): Store {
    if (!this.#refuses) return store;
    const { retentionMs, runs, log, tasks, children } = store;
    return {
      retentionMs,
      runs,
      tasks,
      children,
      log: {
        read: (key, range) => log.read(key, range),
        keep: (key) => log.keep(key),
        clearRows: (key, rows) => log.clearRows(key, rows),
        append: async (key, entry, options) => {
          const answer = await log.append(key, entry, options);
          if (answer.outcome === "appended") this.#found.push(...unawaitedIn(key.runId, entry));
          return answer;
        },
      },
    };
  }

  /** @throws Error for what was found since it was last asked. */
  check(): void {
    refuse(this.#found.splice(0));
  }

  /** @throws Error for what is in this log. */
  checkLog(runId: string, log: readonly Entry[]): void {
    if (this.#refuses) refuse(log.flatMap((entry) => unawaitedIn(runId, entry)));
  }
}

function unawaitedIn(runId: string, { events }: Entry): string[] {
  return events.filter(isUnbegun).map((event) => {
    const what = nameIn(event) === undefined ? `a ${labelIn(event)}` : labelIn(event);
    return `The workflow of run "${runId}" called ${what} without awaiting it and ended, so it never began. Await it, or leave the call out.`;
  });
}

function refuse(found: readonly string[]): void {
  if (found.length > 0) throw new Error(found.join("\n"));
}

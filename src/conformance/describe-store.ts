import type { Store } from "../ports/store.ts";
import { storeClauses } from "./store-clauses.ts";

export interface StoreSuite {
  /** What the reports call the store. */
  name: string;
  /** Answers a store for each case: the same one or a new one, empty or with runs of other cases. */
  createStore(): Store | Promise<Store>;
}

/** What vitest, jest and `node:test` have in common. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown;
  it(name: string, run: () => Promise<void>): unknown;
}

/**
 * Defines a test for each case of each clause, named by the clause's number.
 *
 * @example
 * import { describe, it } from "node:test";
 * import { describeStore } from "detent/conformance";
 *
 * describeStore({ name: "SQLite", createStore: () => createSqliteStore(":memory:") }, { describe, it });
 */
export function describeStore(
  { name, createStore }: StoreSuite,
  { describe, it }: TestRunner,
): void {
  describe(`the ${name} store`, () => {
    for (const section of new Set(storeClauses.map((each) => each.section))) {
      describe(section, () => {
        for (const each of storeClauses) {
          if (each.section !== section) continue;
          it(`${each.clause}. ${each.name}`, async () => each.run(await createStore()));
        }
      });
    }
  });
}

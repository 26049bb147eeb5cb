/** What every store must do: one test or more for each clause of the port, named by its number. */
import { describe } from "vitest";
import type { Store } from "../../src/ports/store.ts";
import { describeDamage } from "./damage-clauses.ts";
import { describeFailure } from "./failure-clauses.ts";
import { describeHead } from "./head-clauses.ts";
import { describeLists } from "./list-clauses.ts";
import { describeLog } from "./log-clauses.ts";
import { describePages } from "./page-clauses.ts";
import { describeTasks } from "./task-clauses.ts";

/** @param open answers the store, once it can be used; it may be asked many times */
export function describeStore(name: string, open: () => Store): void {
  describe(`the ${name} store`, () => {
    describeLog(open);
    describeHead(open);
    describeTasks(open);
    describeLists(open);
    describeDamage(open);
    describeFailure(open);
    describePages(open);
  });
}

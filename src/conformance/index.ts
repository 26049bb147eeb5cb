/** What every store must do, for whoever writes one: each clause of the port's contract as cases. */
export type { StoreClause } from "./clause.ts";
export { describeStore, type StoreSuite, type TestRunner } from "./describe-store.ts";
export { storeClauses } from "./store-clauses.ts";

/** All of them, in the order in which one store can be tried with them. */
import { claimClauses } from "./claim-clauses.ts";
import type { StoreClause } from "./clause.ts";
import { cursorClauses } from "./cursor-clauses.ts";
import { damageClauses } from "./damage-clauses.ts";
import { dueClauses } from "./due-clauses.ts";
import { failureClauses } from "./failure-clauses.ts";
import { familyClauses } from "./family-clauses.ts";
import { generationClauses } from "./generation-clauses.ts";
import { headClauses } from "./head-clauses.ts";
import { listClauses } from "./list-clauses.ts";
import { logClauses } from "./log-clauses.ts";
import { pageClauses } from "./page-clauses.ts";
import { retentionClauses } from "./retention-clauses.ts";
import { rowClauses } from "./row-clauses.ts";
import { runClauses } from "./run-clauses.ts";
import { taskClauses } from "./task-clauses.ts";

export const storeClauses: readonly StoreClause[] = [
  ...runClauses,
  ...logClauses,
  ...headClauses,
  ...claimClauses,
  ...taskClauses,
  ...listClauses,
  ...cursorClauses,
  ...dueClauses,
  ...rowClauses,
  ...familyClauses,
  ...generationClauses,
  ...damageClauses,
  ...failureClauses,
  ...retentionClauses,
  // Makes so many runs that no other clause should have to look at them.
  ...pageClauses,
];

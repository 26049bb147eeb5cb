/** Every mutant there is. Others are welcome: a rule that no test holds is one that will be broken. */
import type { Mutant } from "./mutant.ts";
import { answering } from "./mutants/answering.ts";
import { claims } from "./mutants/claims.ts";
import { deciding } from "./mutants/deciding.ts";
import { families } from "./mutants/families.ts";
import { generations } from "./mutants/generations.ts";
import { kinship } from "./mutants/kinship.ts";
import { messaging } from "./mutants/messaging.ts";
import { pausing } from "./mutants/pausing.ts";
import { reckoning } from "./mutants/reckoning.ts";
import { replaying } from "./mutants/replaying.ts";
import { retrying } from "./mutants/retrying.ts";
import { serving } from "./mutants/serving.ts";
import { sessions } from "./mutants/sessions.ts";
import { stopping } from "./mutants/stopping.ts";
import { storing } from "./mutants/storing.ts";
import { sweeping } from "./mutants/sweeping.ts";

export const MUTANTS: readonly Mutant[] = [
  ...stopping,
  ...pausing,
  ...claims,
  ...sweeping,
  ...sessions,
  ...deciding,
  ...retrying,
  ...replaying,
  ...reckoning,
  ...storing,
  ...serving,
  ...families,
  ...generations,
  ...kinship,
  ...answering,
  ...messaging,
];

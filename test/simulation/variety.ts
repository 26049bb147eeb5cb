/**
 * What a world has besides its run and its weather. Each kind is drawn from a stream of its own, by
 * name, so that a new kind changes nothing that was drawn before.
 */

import { type Spell, spellsOf } from "./pauses.ts";
import { type Node, programOf } from "./program.ts";
import { Random } from "./random.ts";

/** Another run in the same world. */
export interface Companion {
  /** Its tag, by which it is known before its id is. */
  name: string;
  workflow: "generated" | "other";
  program: Node;
  afterMs: number;
  /** So many callers start it, with one idempotency key. */
  callers: number;
  cancelAfterMs: number | undefined;
}

/** New code for the run, after the first of its steps was recorded. */
export interface Deployment {
  /** `steps` and `shields` are code that diverges from what is recorded, `version` knows no run before it. */
  what: "retries" | "arguments" | "steps" | "shields" | "version";
  afterMs: number;
  /** When it is followed by code that can go on with the run. */
  mendedAfterMs: number;
}

/** What else is asked of the main run. */
export interface Ask {
  what: "wait" | "cancelAll" | "end" | "otherInput";
  afterMs: number;
  once: string | undefined;
}

/** Somebody who reads a list of runs, page by page, while they go on. */
export interface Listing {
  afterMs: number;
  ended: boolean | undefined;
  /** How many a page shows. */
  limit: number;
}

export interface Variety {
  company: readonly Companion[];
  deployment: Deployment | undefined;
  asks: readonly Ask[];
  lists: readonly Listing[];
  /** A send that fails may have kept some of its messages. */
  partlyKept: boolean;
  /** By how much the indexes of what is due and of lists may be behind. */
  indexLagMs: number;
  /** Messages are given up that were delivered so often. */
  givenUpAfter: number | undefined;
  observed: boolean;
  pauses: readonly Spell[];
}

export const PLAIN: Variety = {
  company: [],
  deployment: undefined,
  asks: [],
  lists: [],
  partlyKept: false,
  indexLagMs: 0,
  givenUpAfter: undefined,
  observed: false,
  pauses: [],
};

/** Every kind there is; those of the program are in `enrich.ts`. */
export const KINDS = [
  "company",
  "deployment",
  "asks",
  "lists",
  "partlyKept",
  "indexLagMs",
  "givenUpAfter",
  "observed",
  "handover",
  "drawn",
  "listening",
  "say",
  "wide",
  "inside",
  "hook",
  "pauses",
  "mail",
  "family",
] as const;

export type Kind = (typeof KINDS)[number];

/** One seed's streams: none for a kind that is left out. */
export interface Streams {
  of(kind: Kind): Random | undefined;
}

/** Four seeds in ten are as plain as they ever were. */
const PLAINLY = 0.4;

export function streamsOf(seed: number, kinds: readonly Kind[] = KINDS): Streams {
  const all = new Random(`variety/${seed}`);
  const isPlain = all.fork("plain").chance(PLAINLY);
  return {
    of: (kind) => (isPlain || !kinds.includes(kind) ? undefined : all.fork(kind)),
  };
}

/** @param sweepless whether nobody sweeps, so that a problem would be for ever. */
export function varietyOf(
  seed: number,
  streams: Streams,
  { sweepless }: { sweepless: boolean },
): Variety {
  const draw = <T>(kind: Kind, chance: number, made: (random: Random) => T): T | undefined => {
    const random = streams.of(kind);
    return random?.chance(chance) ? made(random) : undefined;
  };
  return {
    company: draw("company", 0.25, (random) => companyOf(seed, random)) ?? [],
    deployment: draw("deployment", 0.3, (random) => deploymentOf(random, sweepless)),
    asks: draw("asks", 0.4, asksOf) ?? [],
    lists: draw("lists", 0.3, listsOf) ?? [],
    partlyKept: draw("partlyKept", 0.5, () => true) ?? false,
    indexLagMs: draw("indexLagMs", 0.25, (random) => random.between(200, 20_000)) ?? 0,
    givenUpAfter: draw("givenUpAfter", 0.25, (random) => random.between(2, 5)),
    observed: draw("observed", 0.5, () => true) ?? false,
    pauses: draw("pauses", 0.5, spellsOf) ?? [],
  };
}

function companyOf(seed: number, random: Random): Companion[] {
  return Array.from({ length: random.between(1, 2) }, (_, index) => ({
    name: `company${index}`,
    workflow: random.pick(["generated", "other"]),
    program: programOf(`${seed}/company/${index}`),
    afterMs: random.between(0, 3000),
    callers: random.between(1, 3),
    cancelAfterMs: random.chance(0.5) ? random.between(10, 20_000) : undefined,
  }));
}

function deploymentOf(random: Random, sweepless: boolean): Deployment {
  const what = random.pick<Deployment["what"]>([
    "retries",
    "arguments",
    "steps",
    "shields",
    "version",
  ]);
  return {
    what: sweepless && isHindering(what) ? "retries" : what,
    afterMs: random.between(0, random.pick([30, 1000, 5000])),
    mendedAfterMs: random.between(1000, 60_000),
  };
}

/** Whether the run cannot go on with it, and shows a problem. */
export function isHindering(what: Deployment["what"]): boolean {
  return what === "steps" || what === "shields" || what === "version";
}

const OCCASIONS = [undefined, "executes s0", "executes s1", "cancellation.requested"] as const;

function asksOf(random: Random): Ask[] {
  return Array.from({ length: random.between(1, 2) }, () => ({
    what: random.pick<Ask["what"]>(["wait", "cancelAll", "end", "otherInput"]),
    afterMs: random.between(0, random.pick([50, 2000, 20_000])),
    once: random.pick(OCCASIONS),
  }));
}

function listsOf(random: Random): Listing[] {
  return Array.from({ length: random.between(1, 6) }, () => ({
    afterMs: random.between(0, random.pick([2_000, 60_000])),
    ended: random.pick([undefined, false, true]),
    limit: random.between(1, 3),
  }));
}

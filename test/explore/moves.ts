/** What may happen next, and what each costs: all that a schedule chooses from. */
import type { Fate } from "../simulation/process.ts";
import { type Cost, FREE } from "./bounds.ts";
import type { Letter, Post } from "./post.ts";
import { LONGEST_MS, type Stage } from "./stage.ts";
import type { Pending, StagedProcess } from "./staged-process.ts";

/** What may go wrong, and what comes without need. */
export type Misfortune = "death" | "stall" | "noAnswer" | "loss" | "twin" | "earlySweep";

export interface Move {
  cost: Cost;
  /** For who counts. */
  what: string;
  /** The weather is not fair any more. */
  isRough: boolean;
  make(): Promise<void> | void;
}

/** What a move may be about, besides what is pending on the stage. */
export interface Surroundings {
  stage: Stage;
  post: Post;
  /** Whether time may pass although somebody could go on. */
  isTimed: boolean;
  /** Whether what comes to the same is left out. */
  isReduced: boolean;
  /** Whether this may go wrong. */
  mayMeet(misfortune: Misfortune): boolean;
  /** Whether nobody sweeps, so that every message has to be kept. */
  isSweepless: boolean;
  /** Whether all runs have ended. */
  areEnded: boolean;
  deliver(letter: Letter): void;
  /** The requests that may come now. */
  requests(): { ask(): void }[];
  /** When the sweep comes by itself, and whether it would find something now if it came too early. */
  sweepAt(): number;
  findsDue(): boolean;
  sweep(): void;
  die(process: StagedProcess): void;
}

/**
 * All that may happen next. The first costs nothing; none is left when everything is over.
 *
 * MV1. Nobody is preempted before his first call, nor before the first one after a step or a timer: that
 *      he began, or went on, only later comes to the same, for no more.
 * MV2. Nobody is preempted before he sends or acknowledges: that he is so right after it comes to the
 *      same, for no more. Nobody else can tell, as what is sent may be handed in at any time later, and
 *      what is acknowledged is hidden from all others.
 * MV3. When all runs have ended, what is left to be handed in or asked comes one after the other: it
 *      reads that they have, and nobody can tell in which order.
 */
export function movesOf(around: Surroundings): Move[] {
  const { stage, isReduced } = around;
  const active = stage.ready.filter(({ thread }) => !thread.process.stalled);
  const own = active.filter((each) => each.kind !== "pause" && each.thread === stage.current);
  const moves = own.map((each, index) => goingOn(stage, each, costIf(index > 0)));
  if (own.length === 0 || !isReduced || own.some(mayBePreempted)) {
    const preempting = costIf(own.length > 0);
    moves.push(...movesOfOthers(around, active, preempting));
    if (!around.areEnded) moves.push(...disturbances(around, preempting));
  } else if (around.isTimed) moves.push(...passed(around, true));
  return [...moves, ...misfortunes(around, own)];
}

function movesOfOthers(around: Surroundings, active: readonly Pending[], cost: Cost): Move[] {
  const { stage, post, areEnded, isReduced } = around;
  const others = active.filter((each) => cost.preemptions === 0 || each.thread !== stage.current);
  const go = (each: Pending): Move => goingOn(stage, each, cost);
  const begun = others.filter(({ kind }) => kind !== "pause").map(go);
  const executing = others.filter(({ kind }) => kind === "pause").map(go);
  const letters = post.due.map((letter) => move("message", cost, () => around.deliver(letter)));
  const sweeps = around.sweepAt() <= stage.now ? [move("sweep", cost, () => around.sweep())] : [];
  const passing = passed(
    around,
    cost.preemptions + begun.length + executing.length + letters.length + sweeps.length > 0,
  );
  const requests = around.requests().map(({ ask }) => move("request", cost, ask));
  const left = [...letters, ...sweeps, ...requests, ...passing];
  const moves =
    areEnded && isReduced
      ? [...begun, ...executing, ...left.slice(0, 1)]
      : [...begun, ...letters, ...sweeps, ...executing, ...requests, ...passing];
  // Who stands still goes on when nothing else does, or before at a price.
  const late = costIf(cost.preemptions + moves.length > 0);
  const stalled = stage.ready.filter(({ thread }) => thread.process.stalled);
  return [...moves, ...stalled.map((each) => goingOn(stage, each, late))];
}

function mayBePreempted({ kind, name, thread }: Pending): boolean {
  return kind === "call" && thread.isBetweenCalls && name.startsWith("store.");
}

function move(what: string, cost: Cost, make: Move["make"], isRough = false): Move {
  return { what, cost, isRough, make };
}

function costIf(preempts: boolean): Cost {
  return { preemptions: preempts ? 1 : 0, misfortunes: 0 };
}

function goingOn(stage: Stage, pending: Pending, cost: Cost): Move {
  const { kind, name } = pending;
  return move(`${kind} ${name}`, cost, () => stage.let(pending, "done"));
}

/** That time passes, until something else may happen. */
function passed(around: Surroundings, canGoOn: boolean): Move[] {
  const { stage, post } = around;
  let next = stage.nextTime;
  for (const { dueAt } of post.letters) if (dueAt > stage.now) next = Math.min(next, dueAt);
  const sweep = around.sweepAt();
  if (sweep > stage.now) next = Math.min(next, sweep);
  if (next - stage.now >= LONGEST_MS || (canGoOn && !around.isTimed)) return [];
  const pass = (): void => {
    stage.note(() => `${next - stage.now} ms pass`);
    stage.passTo(next);
  };
  return [move("time", costIf(canGoOn), pass, canGoOn)];
}

/** What comes without need: a message a second time, a sweep before its time. */
function disturbances(around: Surroundings, cost: Cost): Move[] {
  const { post } = around;
  const twins = post.due.map((letter) => {
    const twice = (): void => {
      post.copy(letter);
      around.deliver(letter);
    };
    return misfortune(twice, cost);
  });
  const sweeps = around.findsDue() ? [misfortune(() => around.sweep(), cost)] : [];
  return [
    ...(around.mayMeet("twin") ? twins : []),
    ...(around.mayMeet("earlySweep") ? sweeps : []),
  ];
}

/**
 * What happens to whoever is at work.
 *
 * MV4. He dies or stands still only where he has just done something: later comes to the same, as nobody
 *      can tell. Dying after a call is dying before whatever is next. Who stands still before he reads,
 *      sends or acknowledges does what he would do if he were handed his message later.
 * MV5. What is refused, and a read without an answer, is repeated or comes back: that is a call which is
 *      late. Only what had an effect may be repeated wrongly, or not at all.
 * MV6. Where nobody sweeps, every message is kept that is sent, and comes back only to one who is alone
 *      with it: the sweep alone heals the rest.
 */
function misfortunes(around: Surroundings, own: readonly Pending[]): Move[] {
  const { stage, post } = around;
  const moves: Move[] = [];
  for (const each of own) {
    if (each.kind !== "call") continue;
    const fates = around.mayMeet("noAnswer") ? fatesOf(each, around) : [];
    moves.push(...fates.map((fate) => misfortune(() => stage.let(each, fate))));
    if (each.name === "scheduler.send" && !around.isSweepless && around.mayMeet("loss")) {
      moves.push(misfortune(() => post.losing(() => stage.let(each, "done"))));
    }
  }
  const { process } = stage.current ?? {};
  if (!process?.alive || process.stalled || !stage.isAtWork(process)) return moves;
  if (around.mayMeet("death")) moves.push(misfortune(() => around.die(process)));
  const isWorthIt = own.length === 0 || own.some(({ name }) => WRITES.has(name));
  if (isWorthIt && !around.isSweepless && around.mayMeet("stall")) {
    moves.push(misfortune(() => stage.halt(process)));
  }
  return moves;
}

function misfortune(make: Move["make"], cost = FREE): Move {
  return move("misfortune", { ...cost, misfortunes: 1 }, make, true);
}

const WRITES = new Set([
  "store.runs.create",
  "store.runs.patch",
  "store.runs.moveDue",
  "store.log.append",
  "store.tasks.claim",
  "store.tasks.update",
]);

function fatesOf({ name }: Pending, { isSweepless }: Surroundings): Fate[] {
  if (name === "scheduler.send") return isSweepless ? ["answerLost"] : ["refused", "answerLost"];
  if (name === "queue.ack") return ["refused"];
  return WRITES.has(name) ? ["answerLost"] : [];
}

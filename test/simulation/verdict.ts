/** Holds a simulated run against the engine's promises. */
import { StepLostError } from "../../src/core/errors.ts";
import type { Entry, LogEvent } from "../../src/core/events.ts";
import { decode } from "../../src/core/value.ts";
import type { RunHead } from "../../src/ports/store.ts";
import { brokenInvariants } from "../../src/testing/invariants.ts";
import { brokenReplays } from "../../src/testing/replay-invariants.ts";
import { SKEW_MS } from "./cast.ts";
import { wrongMessages } from "./channel-verdict.ts";
import { laterRetries, workflowsOf } from "./editions.ts";
import type { Claim } from "./executions.ts";
import { wrongFamily } from "./family-verdict.ts";
import { wrongHooks } from "./hook-verdict.ts";
import { errorName } from "./interpret.ts";
import { CANCELLED, mustEndCancelled, outcomesOf } from "./oracle.ts";
import { type StepNode, stepsOf } from "./program.ts";
import { MANY_RUNS, type Scenario } from "./scenario.ts";
import type { Simulated } from "./simulation.ts";

/** What is wrong with a log and its head. */
export type Judgement = (log: readonly Entry[], head: RunHead) => Promise<string[]>;

/**
 * Everything that is wrong with it; nothing if all is well.
 * @param recordOf what is wrong with its log and head alone.
 */
export async function violationsOf(
  simulated: Simulated,
  recordOf: Judgement = brokenRecord,
): Promise<string[]> {
  const { log, head, violations, company } = simulated;
  if (!head) return [...violations, "the run was never started"];
  const others = await Promise.all(company.map((each) => violationsOf(each, recordOf)));
  return [
    ...violations,
    ...others.flat(),
    ...(await recordOf(log, head)),
    ...wrongLines(simulated),
    ...untold(simulated),
    ...wrongOutcome(simulated),
    ...wrongFamily(simulated, isFair(simulated)),
    ...unfinishedWork(simulated),
    ...attemptsTooMany(simulated),
    ...claimsTooMany(simulated),
    ...unheardRequests(simulated),
    ...lateDelivery(simulated),
    ...wrongHooks(simulated),
    ...wrongMessages(simulated),
    ...leftRows(simulated),
    ...messagesTooMany(simulated),
    ...sweepsTooMany(simulated),
    ...lostByPause(simulated),
    ...lateTimers(simulated),
    ...lateEnd(simulated),
  ];
}

/** What of a run's log and head is wrong by itself, and by its code. */
export const brokenRecord: Judgement = async (log, head) => {
  const generated = replaying(head);
  const replays = generated ? await brokenReplays(generated, head, log) : [];
  return [...brokenInvariants(log, head), ...replays];
};

/** Replays never run a step's code. */
function replaying({ workflow }: RunHead): ReturnType<typeof workflowsOf>[number] | undefined {
  const host = {
    pause: () => new Promise<void>(() => {}),
    begin: () => () => {},
    complain: () => {},
    gave: () => {},
    edition: 0,
  };
  return workflowsOf(undefined, { edition: 0, host }).find(({ name }) => name === workflow);
}

/** What the code logs is written at most once; and once, if it came by and nothing went wrong. */
function wrongLines(simulated: Simulated): string[] {
  const { witness, log } = simulated;
  const end = log.at(-1)?.events.at(-1);
  const cameBy = end?.type === "workflow.completed" && String(outcomeOf(end)).includes("said");
  if (witness.said > 1) return [`the code's line was written ${witness.said} times`];
  return cameBy && witness.said === 0 && isFair(simulated)
    ? ["the code's line was not written"]
    : [];
}

/** In fair weather observers hear of the end, and of what a cancellation came to. */
function untold(simulated: Simulated): string[] {
  const { head, witness, audience, scenario } = simulated;
  if (!scenario.variety.observed || !head || !isFair(simulated)) return [];
  const told = [
    ["run.ended", witness.ended],
    ["cancellation.requested", witness.requested],
    ["cancellation.delivered", witness.delivered],
  ] as const;
  return told.flatMap(([type, seen]) =>
    seen !== undefined && audience.timesOf(head.runId, type) === 0
      ? [`observers were not told of ${type}`]
      : [],
  );
}

/** The run ends as its program may end, and after a delivery only as it must. */
function wrongOutcome({ scenario, log, witness, family }: Simulated): string[] {
  const end = log.at(-1)?.events.at(-1);
  const outcome = end && outcomeOf(end);
  if (outcome === undefined) return [];
  const { program } = scenario;
  const { deployment } = scenario.variety;
  const lost = lostSteps(log.flatMap(({ events }) => events));
  const cancelled = witness.delivered !== undefined;
  const wrong: string[] = [];
  // Nothing is lost, nothing fails, nothing is caught: then it is cancelled and nothing else.
  if (cancelled && lost.size === 0 && mustEndCancelled(program) && outcome !== CANCELLED) {
    wrong.push(`the run ended with ${outcome} after its cancellation was delivered`);
  }
  // Cancelled before any code ran.
  const isUnbegun = log.some(({ events }) =>
    events.some((each) => each.type === "cancellation.delivered" && each.checkpoint === "start"),
  );
  if (isUnbegun) return wrong;
  const laterRetriesIf = deployment?.what === "retries" ? laterRetries : undefined;
  const possible = outcomesOf(program, {
    cancelled,
    lost,
    laterRetries: laterRetriesIf,
    children: cameTo(family),
  });
  if (possible && !possible.has(outcome)) {
    wrong.push(
      `the run ended with ${outcome}, and may end only with ${[...possible].join(" or ")}`,
    );
  }
  return wrong;
}

/** What the children of each name came to. */
function cameTo(family: readonly Simulated[]): ReadonlyMap<string, readonly string[]> {
  const came = new Map<string, string[]>();
  for (const { name, log } of family) {
    const end = log.at(-1)?.events.at(-1);
    const outcome = (end && outcomeOf(end)) ?? "!terminated";
    const known = came.get(name) ?? [];
    came.set(name, [...known, end?.type === "workflow.completed" ? outcome : "!"]);
  }
  return came;
}

/** As the oracle writes it; `undefined` for a run that was terminated or has not ended. */
function outcomeOf(end: LogEvent): string | undefined {
  switch (end.type) {
    case "workflow.completed":
      return String(decode(end.output));
    case "workflow.failed":
    case "workflow.cancelled":
      return errorName(decode(end.error));
    default:
      return undefined;
  }
}

function lostSteps(events: readonly LogEvent[]): Set<string> {
  const lost = events.flatMap((event) => {
    if (event.type !== "step.failed") return [];
    return decode(event.error) instanceof StepLostError ? [event.step] : [];
  });
  return new Set(lost);
}

/** What was done is what the log says: nothing of a finished step is lost, nothing invented. */
function unfinishedWork({ log, witness }: Simulated): string[] {
  return log
    .flatMap(({ events }) => events)
    .flatMap((event) => {
      if (event.type !== "step.completed") return [];
      const { command, attempt, step } = event;
      const done = witness.executions.some(
        (each) => each.command === command && each.attempt === attempt && each.over !== undefined,
      );
      return done ? [] : [`attempt ${attempt} of step ${step} has a result and never came to it`];
    });
}

/** A step makes no more attempts than its options allow, the lost ones included. */
function attemptsTooMany({ scenario, witness }: Simulated): string[] {
  const allowed = new Map(
    stepsOf(scenario.program).map((step) => [step.name, mostRetries(scenario, step) + 1]),
  );
  return witness.executions.flatMap(({ name, attempt }) =>
    attempt > (allowed.get(name) ?? 0) ? [`step ${name} made attempt ${attempt}`] : [],
  );
}

function mostRetries({ variety }: Scenario, step: StepNode): number {
  const isChanged = variety.deployment?.what === "retries";
  return isChanged ? Math.max(step.retries, laterRetries(step)) : step.retries;
}

/** After `cancel` answered nothing unshielded is claimed; after the end nothing at all. */
function claimsTooMany({ witness }: Simulated): string[] {
  const { claims, answers, ended } = witness;
  const stopped = answers.find(({ outcome }) => /requested$/.test(outcome));
  const ordered = answers.find(({ outcome }) => outcome === "terminated");
  const over = ended?.as === "workflow.terminated" ? ordered?.moment : ended?.moment;
  const shown = ({ command, attempt }: Claim): string => `attempt ${attempt} of command ${command}`;
  return claims.flatMap((claim) => {
    const isShielded = witness.isShielded(claim.command);
    if (isShielded === undefined) return [`${shown(claim)} is not in the log`];
    if (stopped && !isShielded && claim.moment > stopped.moment) {
      return [`${shown(claim)} was claimed after cancel had answered`];
    }
    if (!isShielded && witness.pauses.forbids(claim.moment)) {
      return [`${shown(claim)} was claimed after pause had answered`];
    }
    if (over !== undefined && claim.moment > over) {
      return [`${shown(claim)} was claimed after the end`];
    }
    // Who terminates writes the end first and stops the tasks then.
    const settled = witness.settled.get(claim.command);
    if (settled !== undefined && settled !== ended?.moment && claim.moment > settled) {
      return [`${shown(claim)} was claimed after the log had settled it`];
    }
    return [];
  });
}

/** By a pause no attempt is lost: neither with its function, nor by a clock that it is judged by. */
function lostByPause(simulated: Simulated): string[] {
  const { witness, scenario } = simulated;
  const { apartMs, jump } = scenario.fleet.clocks;
  if (!isFair(simulated) || !witness.pauses.any || jump || apartMs > SKEW_MS) return [];
  const lost = lostSteps(simulated.log.flatMap(({ events }) => events));
  return [...lost].map((step) => `step ${step} was lost, and nothing had gone wrong`);
}

/** Who was told that a request is in force finds it in the log. */
function unheardRequests({ witness }: Simulated): string[] {
  const unheard = witness.answers.flatMap(({ what, outcome }) => {
    if (/requested$/.test(outcome) && witness.requested === undefined) {
      return [`cancel answered ${outcome}, and there is no request`];
    }
    const terminated = what === "terminate" && outcome === "terminated";
    return terminated && witness.ended?.as !== "workflow.terminated"
      ? ["terminate answered terminated, and the run is not"]
      : [];
  });
  return [...witness.pauses.unheard(), ...unheard];
}

/** Whether nothing went wrong: then a run is as prompt and as cheap as it can be. */
function isFair({ scenario, isDeployed }: Simulated): boolean {
  const { weather, fleet, delivery, variety } = scenario;
  const { givenUpAfter, indexLagMs } = variety;
  if (delivery !== "all" || isDeployed || givenUpAfter !== undefined || indexLagMs > 0)
    return false;
  return fleet.functionMs === undefined && Object.values(weather).every((each) => each === 0);
}

const AT_ONCE_MS = 2000;

/**
 * In fair weather a cancellation lands as soon as nothing that it must wait for executes. Where those who
 * take messages are few, it waits for what they execute of other runs as well.
 */
function lateDelivery(simulated: Simulated): string[] {
  const {
    requested,
    delivered,
    executions,
    shieldedUntil = 0,
    familyUntil = 0,
  } = simulated.witness;
  if (!isFair(simulated) || !requested || !delivered) return [];
  if (!hasRoom(simulated) && !isAlone(simulated)) return [];
  const ends = executions
    .filter(({ moment }) => moment < delivered.moment)
    .map(({ over }) => over ?? delivered.now);
  const late = delivered.now - Math.max(requested.now, shieldedUntil, familyUntil, ...ends);
  return late > AT_ONCE_MS ? [`the cancellation was delivered ${late} ms late`] : [];
}

/** Whether there is always somebody to take one more message. */
function hasRoom({ scenario }: Simulated): boolean {
  return scenario.fleet.turns > 4;
}

/** Whether no other run is in its world. */
function isAlone({ scenario, company, head }: Simulated): boolean {
  return scenario.variety.company.length + company.length === 0 && head?.parent === undefined;
}

/** In fair weather a sleep is over when its time is, whatever else executes. */
function lateTimers(simulated: Simulated): string[] {
  // One that is paused is let go on only when it is resumed.
  if (!isFair(simulated) || !hasRoom(simulated) || simulated.witness.pauses.any) return [];
  const { log, scenario } = simulated;
  const slackMs = AT_ONCE_MS + scenario.fleet.clocks.apartMs;
  const until = new Map<number, number>();
  return log.flatMap(({ at, events }) =>
    events.flatMap((event) => {
      if (event.type === "sleep.started") until.set(event.command, event.until);
      if (event.type !== "sleep.completed") return [];
      const late = at - (until.get(event.command) ?? at);
      return late > slackMs ? [`sleep ${event.command} was over ${late} ms late`] : [];
    }),
  );
}

/** In fair weather no run outlives its grace period, nor goes on unasked after its longest duration. */
function lateEnd(simulated: Simulated): string[] {
  if (!isFair(simulated) || !hasRoom(simulated)) return [];
  const { witness, head, scenario, world } = simulated;
  const { maxDurationMs, startAtMs = 0, fleet, sweepEveryMs = 0 } = scenario;
  const slackMs = AT_ONCE_MS + fleet.clocks.apartMs + sweepEveryMs;
  const isLate = (now: number, deadline: number | undefined): boolean =>
    deadline !== undefined && now > deadline + slackMs;
  const { ended, requested } = witness;
  const limit = maxDurationMs === undefined ? undefined : world.began + startAtMs + maxDurationMs;
  return [
    ...(ended && isLate(ended.now, head?.cancellation?.deadline) ? ["the run ended late"] : []),
    ...(ended && isLate(requested?.now ?? ended.now, limit) ? ["the run was asked too late"] : []),
  ];
}

/**
 * In fair weather each row is cleared by the turns that take up what it is about, else by the sweep. Every
 * session that reads a log knows the rows of its entries; that of a mark is known to none but the session
 * that took the mark up. Where another one sees the run rest or end, that row is the sweep's.
 */
function leftRows(simulated: Simulated): string[] {
  const { rows, scenario } = simulated;
  const isSwept = scenario.sweepEveryMs !== undefined;
  if (!isSwept && !isFair(simulated)) return [];
  const isKnown = isSwept || hasOneSession(simulated);
  const left = rows.filter(({ type }) => isKnown || type !== "mark");
  return left.length > 0 ? [`${left.length} rows are left`] : [];
}

/** Whether all turns of a run are of one session, in fair weather. */
function hasOneSession({ scenario }: Simulated): boolean {
  const { fleet, replay, cachedRuns } = scenario;
  return fleet.most === 1 && replay !== "cold" && cachedRuns === MANY_RUNS;
}

/** In fair weather messages are in proportion to the work: none begets more of its kind. */
function messagesTooMany(simulated: Simulated): string[] {
  const { log, witness, messages, scenario, sendings, postings } = simulated;
  // Each task has a message, whose delivery may find work that nobody seems to have sent.
  const tasks = log.flatMap(({ events }) => events.filter(({ type }) => type === "step.scheduled"));
  const asked = scenario.actions.length + sum([...sendings, ...postings].map(({ tries }) => tries));
  const causes = log.length + witness.claims.length + tasks.length + asked;
  const most = 2 * causes + 5;
  if (!isFair(simulated) || scenario.strays.length > 0 || messages.sent <= most) return [];
  return [`${messages.sent} messages were sent for ${log.length} entries`];
}

/** Where nothing but sweeps is heard, each that is heard brings the run on, or waits for who does. */
function sweepsTooMany({ log, witness, messages, scenario }: Simulated): string[] {
  const { delivery, strays, weather } = scenario;
  const isCertain = Object.values(weather).every((each) => each === 0);
  const most = 3 * (log.length + witness.claims.length + scenario.actions.length) + 5;
  if (delivery !== "sweeps" || strays.length > 0 || !isCertain) return [];
  return messages.deliveries <= most
    ? []
    : [`${messages.deliveries} sweeps for ${log.length} entries`];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

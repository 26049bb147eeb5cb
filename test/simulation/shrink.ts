/** Finds a smaller scenario that goes wrong in the same way: less of a program, of faults, of actions. */
import { isDeepStrictEqual } from "node:util";
import { type HookNode, isAnswered } from "./hook-node.ts";
import type { Node, StepNode } from "./program.ts";
import { FAIR, type Scenario, type Weather } from "./scenario.ts";
import { type Judged, simulateScenario } from "./seeds.ts";
import { PLAIN } from "./variety.ts";

const MOST_TRIES = 1500;

/** @returns the smallest that was found, simulated. */
export async function shrink(failed: Judged): Promise<Judged> {
  const kind = kindOf(failed);
  let smallest = failed;
  let tries = 0;
  for (let found = true; found && tries < MOST_TRIES; ) {
    found = false;
    for (const scenario of smaller(smallest.scenario)) {
      tries += 1;
      const judged = await simulateScenario(scenario, { tracing: false });
      if (kindOf(judged) !== kind) continue;
      smallest = judged;
      found = true;
      break;
    }
  }
  return await simulateScenario(smallest.scenario, { tracing: true });
}

/** What went wrong first, whatever it happened to. */
function kindOf({ violations: [first] }: Judged): string | undefined {
  return first?.replace(/\d+/g, "#").slice(0, 60);
}

function* smaller(scenario: Scenario): Generator<Scenario> {
  const { program, weather, actions, fleet } = scenario;
  for (const less of lesserPrograms(program)) yield { ...scenario, program: less };
  for (const name of Object.keys(FAIR) as (keyof Weather)[]) {
    if (weather[name] > 0) yield { ...scenario, weather: { ...weather, [name]: 0 } };
  }
  for (const [index] of actions.entries()) {
    yield { ...scenario, actions: actions.filter((_, other) => other !== index) };
  }
  const plain: Partial<Scenario> = {
    replay: "live",
    cachedRuns: 500,
    startAtMs: undefined,
    maxDurationMs: undefined,
    sweepAhead: false,
  };
  for (const [field, value] of Object.entries(PLAIN)) {
    const { variety } = scenario;
    if (!isDeepStrictEqual(Reflect.get(variety, field), value)) {
      yield { ...scenario, variety: { ...variety, [field]: value } };
    }
  }
  if (scenario.strays.length > 0) yield { ...scenario, strays: [] };
  for (const [field, value] of Object.entries(plain)) {
    if (Reflect.get(scenario, field) !== value) yield { ...scenario, [field]: value };
  }
  if (fleet.most > 1) yield { ...scenario, fleet: { ...fleet, most: fleet.most - 1 } };
  if (fleet.functionMs !== undefined) {
    yield { ...scenario, fleet: { ...fleet, functionMs: undefined } };
  }
  if (fleet.clocks.apartMs > 0) {
    yield { ...scenario, fleet: { ...fleet, clocks: { apartMs: 0, jump: false } } };
  }
}

/** The program without one part of it, or with a plainer one. */
function* lesserPrograms(node: Node): Generator<Node> {
  switch (node.kind) {
    case "step":
      yield* plainerSteps(node);
      return;
    case "sleep":
    case "check":
    case "throw":
    case "say":
      return;
    case "child":
      yield node.body;
      if (node.disturbed) yield { ...node, disturbed: undefined };
      if (node.cancelled) yield { ...node, cancelled: false };
      for (const body of lesserPrograms(node.body)) yield { ...node, body };
      return;
    case "wide":
      yield node.step;
      if (node.times > 2) yield { ...node, times: Math.ceil(node.times / 2) };
      return;
    case "hook":
      yield* lesserHooks(node);
      return;
    case "receive":
      if (node.times > 1) yield { ...node, times: node.times - 1 };
      if (node.iterates) yield { ...node, iterates: false };
      return;
    case "mail":
      yield node.body;
      for (const [index] of node.posts.entries()) {
        yield { ...node, posts: node.posts.toSpliced(index, 1) };
      }
      for (const body of lesserPrograms(node.body)) yield { ...node, body };
      return;
    case "drawn":
      yield* [node.either, node.or];
      for (const either of lesserPrograms(node.either)) yield { ...node, either };
      for (const or of lesserPrograms(node.or)) yield { ...node, or };
      return;
    case "listening":
      yield node.body;
      for (const body of lesserPrograms(node.body)) yield { ...node, body };
      for (const reaction of lesserPrograms(node.reaction)) yield { ...node, reaction };
      return;
    case "sequence":
    case "parallel":
      yield* node.parts;
      if (node.parts.length > 1) {
        for (const [index] of node.parts.entries()) {
          yield { ...node, parts: node.parts.filter((_, other) => other !== index) };
        }
      }
      for (const [index, part] of node.parts.entries()) {
        for (const less of lesserPrograms(part)) {
          yield { ...node, parts: node.parts.with(index, less) };
        }
      }
      return;
    case "repeat":
      if (node.times > 2) yield { ...node, times: 2 };
      yield node.body;
      for (const body of lesserPrograms(node.body)) yield { ...node, body };
      return;
    case "shield":
      yield node.body;
      for (const body of lesserPrograms(node.body)) yield { ...node, body };
      return;
    case "float":
    case "handover":
      yield* [node.helper, node.meanwhile];
      for (const helper of lesserPrograms(node.helper)) yield { ...node, helper };
      for (const meanwhile of lesserPrograms(node.meanwhile)) yield { ...node, meanwhile };
      return;
    case "try":
      yield node.body;
      if (node.cleanup) yield { ...node, cleanup: undefined };
      for (const body of lesserPrograms(node.body)) yield { ...node, body };
      for (const cleanup of node.cleanup ? lesserPrograms(node.cleanup) : []) {
        yield { ...node, cleanup };
      }
      return;
    case "finally":
      yield node.body;
      for (const body of lesserPrograms(node.body)) yield { ...node, body };
      for (const cleanup of lesserPrograms(node.cleanup)) yield { ...node, cleanup };
      return;
  }
}

/** Nobody waits for ever: one who can be answered stays. */
function* lesserHooks(node: HookNode): Generator<Node> {
  const { meanwhile, given, senders, timeoutMs } = node;
  if (meanwhile) {
    yield meanwhile;
    yield { ...node, meanwhile: undefined };
    for (const less of lesserPrograms(meanwhile)) yield { ...node, meanwhile: less };
  }
  if (given !== "list") yield { ...node, given: "list" };
  if (typeof given !== "string") {
    yield given;
    for (const less of plainerSteps(given)) yield { ...node, given: less };
  }
  for (const [index] of senders.entries()) {
    const less = { ...node, senders: senders.filter((_, other) => other !== index) };
    if (timeoutMs !== undefined || isAnswered(less)) yield less;
  }
  if (timeoutMs !== undefined && isAnswered(node)) yield { ...node, timeoutMs: undefined };
}

function* plainerSteps(node: StepNode): Generator<StepNode> {
  const { does, timeoutMs, inline } = node;
  if (does.fails > 0) yield { ...node, does: { ...does, fails: 0 } };
  if (does.checks > 0) yield { ...node, does: { ...does, checks: 0 } };
  if (does.listens) yield { ...node, does: { ...does, listens: false } };
  if (does.ballast > 0) yield { ...node, does: { ...does, ballast: 0 } };
  if (timeoutMs !== undefined) yield { ...node, timeoutMs: undefined };
  if (inline) yield { ...node, inline: false };
}

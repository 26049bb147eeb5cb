import { describe, expect, it } from "vitest";
import { FAULTS } from "./planted.ts";
import { type Node, stepsOf } from "./program.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { simulateSeed } from "./seeds.ts";
import { isHindering, KINDS, type Kind, PLAIN } from "./variety.ts";

const SCENARIOS = Array.from({ length: 400 }, (_, index) => scenarioOf(index + 1));

function howMany(has: (scenario: Scenario) => boolean): number {
  return SCENARIOS.filter(has).length;
}

function contains({ program }: Scenario, kind: Node["kind"]): boolean {
  return JSON.stringify(program).includes(`"kind":"${kind}"`);
}

describe("a seed", () => {
  const DRAWN: Readonly<Record<Kind, (scenario: Scenario) => boolean>> = {
    company: ({ variety }) => variety.company.length > 0,
    deployment: ({ variety }) => variety.deployment !== undefined,
    asks: ({ variety }) => variety.asks.length > 0,
    lists: ({ variety }) => variety.lists.length > 0,
    partlyKept: ({ variety }) => variety.partlyKept,
    indexLagMs: ({ variety }) => variety.indexLagMs > 0,
    givenUpAfter: ({ variety }) => variety.givenUpAfter !== undefined,
    observed: ({ variety }) => variety.observed,
    pauses: ({ variety }) => variety.pauses.length > 0,
    handover: (scenario) => contains(scenario, "handover"),
    drawn: (scenario) => contains(scenario, "drawn"),
    listening: (scenario) => contains(scenario, "listening"),
    say: (scenario) => contains(scenario, "say"),
    wide: (scenario) => contains(scenario, "wide"),
    hook: (scenario) => contains(scenario, "hook"),
    mail: (scenario) => contains(scenario, "mail"),
    family: (scenario) => contains(scenario, "child"),
    inside: ({ program }) => stepsOf(program).some(({ does }) => does.inside !== undefined),
  };

  it.each(KINDS.map((kind) => [kind]))("draws %s now and then, and mostly does not", (kind) => {
    const drawn = howMany(DRAWN[kind]);
    expect(drawn).toBeGreaterThan(2);
    expect(drawn).toBeLessThan(200);
  });

  it.each(["retries", "arguments", "steps", "shields", "version"])("deploys other %s", (what) => {
    expect(howMany(({ variety }) => variety.deployment?.what === what)).toBeGreaterThan(2);
  });

  it.each(["wait", "cancelAll", "end", "otherInput"])("asks to %s", (what) => {
    expect(howMany(({ variety }) => variety.asks.some((ask) => ask.what === what))).toBeGreaterThan(
      2,
    );
  });

  it("draws fan-outs of hundreds now and then", () => {
    const widths = SCENARIOS.flatMap(({ program }) => {
      const found = /"kind":"wide".*?"times":(\d+)/.exec(JSON.stringify(program));
      return found ? [Number(found[1])] : [];
    });
    expect(Math.max(...widths)).toBeGreaterThan(200);
    expect(Math.min(...widths)).toBeLessThan(100);
  });

  it("hands promises over every edge of a shield", () => {
    const edges = SCENARIOS.map(({ program }) => {
      const found = EDGE.exec(JSON.stringify(program));
      return found ? `${found[1]},${found[2]}` : undefined;
    }).filter((edge) => edge !== undefined);
    expect(new Set(edges)).toEqual(
      new Set(["true,true", "true,false", "false,true", "false,false"]),
    );
  });

  it("is what it was before there were these kinds, where none is asked for", () => {
    for (let seed = 1; seed < 100; seed += 1) {
      const plain = scenarioOf(seed, []);
      const { program: _, variety, ...rest } = scenarioOf(seed);
      const { program, variety: none, ...restOfPlain } = plain;
      expect(none).toEqual(PLAIN);
      expect(restOfPlain).toEqual(rest);
      if (variety === PLAIN) expect(contains(plain, "handover")).toBe(false);
      expect(JSON.stringify(program)).not.toMatch(
        /"kind":"(handover|drawn|listening|say|wide|hook|mail|child)"/,
      );
    }
  });

  it("draws each kind by itself", () => {
    for (let seed = 1; seed < 60; seed += 1) {
      const { variety: all } = scenarioOf(seed);
      const { variety: alone } = scenarioOf(seed, ["company"]);
      expect(alone).toEqual({ ...PLAIN, company: all.company });
    }
  });
});

const EDGE = /"begunShielded":(\w+).*?"awaitedShielded":(\w+)/;

/** Seeds whose new code cannot go on with its run, or whose messages are given up. */
const TROUBLED = SCENARIOS.filter(
  ({ variety: { deployment, givenUpAfter } }) =>
    givenUpAfter !== undefined || (deployment && isHindering(deployment.what)),
);

describe("the simulator", () => {
  it("meets problems of every kind that it expects, and its runs go on after them", async () => {
    const met = new Set<string>();
    const expected = ["workflow.nonDeterministic", "workflow.notFound", "turn.givenUp"];
    for (const { seed } of TROUBLED) {
      const { witness, violations } = await simulateSeed(seed, { tracing: false });
      expect(violations).toEqual([]);
      for (const code of witness.problems) met.add(code);
      if (expected.every((code) => met.has(code))) return;
    }
    expect([...met]).toEqual(expected);
  });

  it.each(FAULTS.map((each) => [each.fault, each] as const))(
    "sees that %s",
    async (_fault, { planted, seen }) => {
      const found: string[] = [];
      for (let seed = 1; seed <= 200 && found.length === 0; seed += 1) {
        const { violations } = await simulateSeed(seed, { tracing: false, planted });
        found.push(...violations.filter((violation) => seen.test(violation)));
      }
      expect(found).not.toEqual([]);
    },
  );
});

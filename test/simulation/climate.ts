/** What goes wrong in a scenario, and when: drawn from its weather until it is calm. */
import type { Continuation } from "../../src/ports/scheduler.ts";
import type { Call, Fate, Fortune, Process } from "./process.ts";
import type { Journey } from "./queue.ts";
import type { Random } from "./random.ts";
import { LONGEST_STALL_MS, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

const KINDS = ["refused", "answerLost", "diesBefore", "diesAfter"] as const satisfies Fate[];

/** What an outage cuts off: everything, or the calls whose name begins so. */
const TARGETS = [
  "",
  "",
  "store.",
  "scheduler.",
  "store.log.append",
  "store.runs.patch",
  "store.tasks.stop",
] as const;

export class Climate implements Fortune {
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #fates: Random;
  readonly #latencies: Random;
  readonly #travels: Random;
  readonly #mishaps: Random;
  readonly #parts: Random;
  #outage = { until: 0, of: "" };

  constructor(world: World, scenario: Scenario, random: Random) {
    this.#world = world;
    this.#scenario = scenario;
    this.#fates = random.fork("fates");
    this.#latencies = random.fork("latencies");
    this.#travels = random.fork("travels");
    this.#mishaps = random.fork("mishaps");
    this.#parts = random.fork("parts");
  }

  /** How often something went wrong so far. */
  suffered = 0;

  mishap(): void {
    this.suffered += 1;
  }

  /** What becomes of calls is as `given` says, if it is. */
  under(given: Fortune | undefined): Fortune {
    if (!given) return this;
    return {
      fateOf: (call) => given.fateOf(call),
      latencyOf: (call) => given.latencyOf(call),
      mishap: () => this.mishap(),
    };
  }

  /** Of a send that fails, the first so many messages are kept: a queue takes each by itself. */
  partOf(count: number): number {
    if (!this.#scenario.variety.partlyKept || count < 2) return 0;
    return this.#parts.between(0, count - 1);
  }

  fateOf({ name }: Call): Fate {
    const drawn = this.#fates.next();
    if (this.#isCalm) return "done";
    const { until, of } = this.#outage;
    if (this.#world.now < until && name.startsWith(of)) {
      return drawn < 0.9 ? "refused" : "answerLost";
    }
    let sum = 0;
    for (const kind of KINDS) {
      sum += this.#scenario.weather[kind];
      if (drawn < sum) return kind;
    }
    return "done";
  }

  latencyOf(): number {
    const latencies = this.#latencies;
    return !this.#isCalm && latencies.chance(this.#scenario.weather.slowCall)
      ? latencies.between(100, 4000)
      : latencies.between(0, 8);
  }

  journey({ sweep }: Continuation): Journey {
    const { weather, delivery } = this.#scenario;
    const travels = this.#travels;
    const rough = !this.#isCalm;
    const lost = rough && travels.chance(weather.lostMessage);
    const late = rough && travels.chance(weather.lateMessage);
    const twin = rough && travels.chance(weather.twinMessage);
    const isKept = delivery === "all" || (delivery === "sweeps" && sweep === true);
    if (lost || late || !isKept) this.mishap();
    return {
      lost: lost || !isKept,
      delayMs: late ? travels.between(100, 20_000) : travels.between(0, 20),
      twinAfterMs: twin ? travels.between(0, travels.pick([5, 300, 10_000])) : undefined,
    };
  }

  /** Plans what happens to processes, at random times. */
  brew(victims: () => Process[]): void {
    const { weather, calmAfterMs, fleet } = this.#scenario;
    const mishaps = this.#mishaps;
    const plan = (perMinute: number, strike: (victim: Process) => void): void => {
      const times = Math.round((perMinute * calmAfterMs) / 60_000);
      for (let time = 0; time < times; time += 1) {
        this.#world.after(mishaps.between(0, calmAfterMs), () => {
          const [first, ...more] = victims();
          if (first) strike(mishaps.pick([first, ...more]));
        });
      }
    };
    plan(weather.outagesPerMinute, () => this.#cutOff());
    plan(weather.killsPerMinute, (victim) => victim.die("for no reason"));
    plan(weather.stallsPerMinute, (victim) => victim.stall(mishaps.between(500, LONGEST_STALL_MS)));
    const { apartMs, jump } = fleet.clocks;
    if (jump) {
      plan(2, (victim) => {
        victim.offsetMs = mishaps.between(-apartMs / 2, apartMs / 2);
        this.#world.note(() => `the clock of ${victim.name} jumps to ${victim.offsetMs} ms`);
      });
    }
  }

  #cutOff(): void {
    const lengthMs = this.#mishaps.between(100, 8000);
    const of = this.#mishaps.pick(TARGETS);
    this.#world.note(() => `an outage of ${of || "everything"}, ${lengthMs} ms`);
    this.#outage = { until: this.#world.now + lengthMs, of };
  }

  get #isCalm(): boolean {
    return this.#world.now - this.#world.began >= this.#scenario.calmAfterMs;
  }
}

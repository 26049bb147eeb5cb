import { type Fortune, Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** The processes of a scenario: they come up as they are needed, and may die. */
export class Fleet {
  readonly #processes: Process[] = [];
  readonly #world: World;
  readonly #scenario: Scenario["fleet"];
  readonly #random: Random;
  readonly #fortune: Fortune;
  /** What is deployed: the processes that come up from now on are of it. */
  #edition = 0;

  constructor(world: World, scenario: Scenario["fleet"], random: Random, fortune: Fortune) {
    this.#world = world;
    this.#scenario = scenario;
    this.#random = random;
    this.#fortune = fortune;
  }

  /** Those who take work. */
  alive(): Process[] {
    return this.#processes.filter(({ alive, edition }) => alive && edition === this.#edition);
  }

  get edition(): number {
    return this.#edition;
  }

  /** From now on work is taken by processes of another edition; those there are end what they are at. */
  deploy(): void {
    this.#edition += 1;
    this.#world.note(() => `edition ${this.#edition} is DEPLOYED`);
  }

  /** Whether nobody who is alive is at a turn. */
  get isIdle(): boolean {
    return this.#processes.every(({ alive, turns }) => !alive || turns === 0);
  }

  anyone(): Process | undefined {
    return this.#chosen(this.alive());
  }

  /** Who has room for one more turn. */
  receiver(): Process | undefined {
    return this.#chosen(this.alive().filter(({ turns }) => turns < this.#scenario.turns));
  }

  /** One of the processes that are free, or a new one while there may be more. */
  #chosen(free: Process[]): Process | undefined {
    const [first, ...more] = free;
    const mayGrow = this.alive().length < this.#scenario.most;
    if (mayGrow && (!first || this.#random.chance(0.3))) return this.#newProcess();
    return first && this.#random.pick([first, ...more]);
  }

  #newProcess(): Process {
    const { apartMs } = this.#scenario.clocks;
    const name = `P${this.#processes.length}`;
    const offsetMs = this.#random.between(-apartMs / 2, apartMs / 2);
    const edition = this.#edition;
    const process = new Process(this.#world, this.#fortune, { name, offsetMs, edition });
    this.#world.note(() => `${name} comes up, its clock ${offsetMs} ms ahead`);
    this.#processes.push(process);
    return process;
  }
}

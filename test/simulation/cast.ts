/** The runs of a world, each with its witness: the main one, and its company. */
import type { RunHead } from "../../src/ports/store.ts";
import { type ChildNode, childrenIn } from "./families.ts";
import type { Process } from "./process.ts";
import type { Node } from "./program.ts";
import type { Action, Scenario } from "./scenario.ts";
import { isHindering } from "./variety.ts";
import type { Witnesses } from "./watched-store.ts";
import { Witness } from "./witness.ts";
import type { World } from "./world.ts";

export const MAIN = "run";
/** By how much the engines of a fleet let clocks disagree. */
export const SKEW_MS = 2000;

export interface Role {
  /** The id of the main run, or the tag of another. */
  name: string;
  workflow: "generated" | "other" | "family";
  program: Node;
  witness: Witness;
  /** Not known before it was created, for a run with an idempotency key. */
  runId: string | undefined;
  actions: readonly Action[];
}

export class Cast implements Witnesses {
  readonly main: Role;
  readonly roles: Role[];
  readonly #newWitness: () => Witness;
  readonly #children: ReadonlyMap<string, ChildNode>;
  /** Called when a child is born. */
  onBirth = (_role: Role, _node: ChildNode): void => {};
  readonly #byId = new Map<string, Role>();

  constructor(world: World, scenario: Scenario) {
    const { fleet, program, actions, variety } = scenario;
    const clocksAgree = fleet.clocks.apartMs <= SKEW_MS;
    const newWitness = (diverges: (process: Process) => boolean): Witness =>
      new Witness(world, { clocksAgree, diverges });
    const { what } = variety.deployment ?? {};
    const isChanged = what !== undefined && isHindering(what);
    this.main = {
      name: MAIN,
      workflow: "generated",
      program,
      witness: newWitness(({ edition }) => isChanged && edition === 1),
      runId: MAIN,
      actions,
    };
    this.#byId.set(MAIN, this.main);
    const others = variety.company.map(
      ({ name, workflow, program: its }): Role => ({
        name,
        workflow,
        program: its,
        witness: newWitness(() => false),
        runId: undefined,
        actions: [],
      }),
    );
    this.roles = [this.main, ...others];
    this.#newWitness = () => newWitness(() => false);
    this.#children = new Map(childrenIn(program).map((node) => [node.name, node]));
  }

  of(runId: string): Witness {
    const role = this.#byId.get(runId);
    if (!role) throw new Error(`Nobody plays ${runId}.`);
    return role.witness;
  }

  sawCreate({ runId, tags: [name] }: RunHead): void {
    const role = this.roles.find((each) => each.name === (name ?? MAIN));
    if (!role) throw new Error(`Nobody plays ${name}.`);
    role.witness.sawCreate();
    if (role.runId !== undefined && role.runId !== runId) {
      role.witness.complain(`one key started the runs ${role.runId} and ${runId}`);
      return;
    }
    role.runId = runId;
    this.#byId.set(runId, role);
  }

  sawBirth({ runId, tags: [name = ""] }: RunHead): void {
    if (this.#byId.has(runId)) return;
    const node = this.#children.get(name);
    if (!node) throw new Error(`Nobody plays ${name}.`);
    const witness = this.#newWitness();
    witness.sawCreate();
    const { body: program } = node;
    const role: Role = { name, workflow: "family", program, witness, runId, actions: [] };
    this.roles.push(role);
    this.#byId.set(runId, role);
    this.onBirth(role, node);
  }

  complain(violation: string): void {
    this.main.witness.complain(violation);
  }

  get violations(): string[] {
    return this.roles.flatMap(({ witness }) => witness.violations);
  }

  /** Whether anything is due beside the heads. */
  get hasRows(): boolean {
    return this.roles.some(({ witness }) => witness.rows.any);
  }

  /** Whether every run has ended, or never began. */
  get isOver(): boolean {
    return this.roles.every(({ witness }, index) =>
      index === 0 || witness.begun ? witness.ended !== undefined : true,
    );
  }
}

/**
 * The open commands of a run, by what they wait for, so that a decision looks only at those that it
 * may concern. Immutable, and a change costs what it changes, however many commands are open.
 */
import { dueAt, type OpenCommand, type OpenStep } from "./open-command.ts";
import { SortedMap } from "./sorted-map.ts";

/** When a timer is due, and of which command it is. */
type Due = readonly [at: number, command: number];

const byNumber = (a: number, b: number): number => a - b;
const byTime = (a: Due, b: Due): number => a[0] - b[0] || a[1] - b[1];

/** Those inside of shields, or those outside: a cancellation concerns one side as a whole. */
export class Side {
  static readonly empty = new Side(
    SortedMap.empty(byNumber),
    SortedMap.empty(byNumber),
    SortedMap.empty(byNumber),
    SortedMap.empty(byTime),
  );

  readonly #all: SortedMap<number, OpenCommand>;
  readonly #claims: SortedMap<number, OpenStep>;
  readonly #tasks: SortedMap<number, OpenStep>;
  readonly #timers: SortedMap<Due, OpenCommand>;

  private constructor(
    all: SortedMap<number, OpenCommand>,
    claims: SortedMap<number, OpenStep>,
    tasks: SortedMap<number, OpenStep>,
    timers: SortedMap<Due, OpenCommand>,
  ) {
    this.#all = all;
    this.#claims = claims;
    this.#tasks = tasks;
    this.#timers = timers;
  }

  get size(): number {
    return this.#all.size;
  }

  get(command: number): OpenCommand | undefined {
    return this.#all.get(command);
  }

  /** In the order in which they were issued. */
  values(): Iterable<OpenCommand> {
    return this.#all.values();
  }

  /** The steps that are claimed in the log, whether or not their leases last. */
  claims(): Iterable<OpenStep> {
    return this.#claims.values();
  }

  /** The unabsorbed tasks. */
  tasks(): Iterable<OpenStep> {
    return this.#tasks.values();
  }

  /** What waits for a time that the log tells, the soonest first. */
  *timers(): Generator<{ at: number; open: OpenCommand }> {
    for (const [[at], open] of this.#timers.entries()) yield { at, open };
  }

  with(open: OpenCommand): Side {
    const { command } = open;
    const rest = this.without(command);
    const at = dueAt(open);
    return new Side(
      rest.#all.with(command, open),
      isClaim(open) ? rest.#claims.with(command, open) : rest.#claims,
      isTask(open) ? rest.#tasks.with(command, open) : rest.#tasks,
      at === undefined ? rest.#timers : rest.#timers.with([at, command], open),
    );
  }

  without(command: number): Side {
    const open = this.#all.get(command);
    if (!open) return this;
    const at = dueAt(open);
    return new Side(
      this.#all.without(command),
      this.#claims.without(command),
      this.#tasks.without(command),
      at === undefined ? this.#timers : this.#timers.without([at, command]),
    );
  }
}

function isClaim(open: OpenCommand): open is OpenStep {
  return open.kind === "step" && open.phase.type === "running";
}

function isTask(open: OpenCommand): open is OpenStep {
  return open.kind === "step" && open.phase.type === "scheduled";
}

export class OpenCommands {
  static readonly none = new OpenCommands(Side.empty, Side.empty);

  readonly shielded: Side;
  readonly unshielded: Side;

  private constructor(shielded: Side, unshielded: Side) {
    this.shielded = shielded;
    this.unshielded = unshielded;
  }

  get size(): number {
    return this.shielded.size + this.unshielded.size;
  }

  get(command: number): OpenCommand | undefined {
    return this.unshielded.get(command) ?? this.shielded.get(command);
  }

  has(command: number): boolean {
    return this.get(command) !== undefined;
  }

  values(): OpenCommand[] {
    return inOrder([...this.unshielded.values(), ...this.shielded.values()]);
  }

  claims(): OpenStep[] {
    return inOrder([...this.unshielded.claims(), ...this.shielded.claims()]);
  }

  tasks(): OpenStep[] {
    return inOrder([...this.unshielded.tasks(), ...this.shielded.tasks()]);
  }

  with(open: OpenCommand): OpenCommands {
    const { shielded, unshielded } = this.without(open.command);
    return open.shielded
      ? new OpenCommands(shielded.with(open), unshielded)
      : new OpenCommands(shielded, unshielded.with(open));
  }

  without(command: number): OpenCommands {
    if (!this.has(command)) return this;
    return new OpenCommands(this.shielded.without(command), this.unshielded.without(command));
  }

  withoutUnshielded(): OpenCommands {
    return new OpenCommands(this.shielded, Side.empty);
  }
}

/** As they were issued. */
function inOrder<Open extends OpenCommand>(open: Open[]): Open[] {
  return open.sort((a, b) => a.command - b.command);
}

/**
 * The open commands of a run, by what they wait for, so that a decision looks only at those that it
 * may concern. Immutable, and a change costs what it changes, however many commands are open.
 */

import type { OpenChild } from "./commands/child.ts";
import type { Group } from "./commands/command.ts";
import {
  isChild,
  isClaimed,
  isReceive,
  isTask,
  kindOf,
  type OpenCommand,
} from "./commands/index.ts";
import type { OpenReceive } from "./commands/receive.ts";
import type { ClaimedStep, ScheduledStep } from "./commands/step.ts";
import { SortedMap } from "./sorted-map.ts";

/** When a timer is due, and of which command it is. */
type Due = readonly [at: number, command: number];

type Groups = Readonly<Record<Group, SortedMap<number, OpenCommand>>>;

const byNumber = (a: number, b: number): number => a - b;
const byTime = (a: Due, b: Due): number => a[0] - b[0] || a[1] - b[1];

/** Those inside of shields, or those outside: a cancellation concerns one side as a whole. */
export class Side {
  static readonly empty = new Side(
    SortedMap.empty(byNumber),
    {
      claims: SortedMap.empty(byNumber),
      tasks: SortedMap.empty(byNumber),
      asked: SortedMap.empty(byNumber),
      receives: SortedMap.empty(byNumber),
      children: SortedMap.empty(byNumber),
      apart: SortedMap.empty(byNumber),
      stopping: SortedMap.empty(byNumber),
    },
    SortedMap.empty(byTime),
  );

  readonly #all: SortedMap<number, OpenCommand>;
  readonly #groups: Groups;
  readonly #timers: SortedMap<Due, OpenCommand>;

  private constructor(
    all: SortedMap<number, OpenCommand>,
    groups: Groups,
    timers: SortedMap<Due, OpenCommand>,
  ) {
    this.#all = all;
    this.#groups = groups;
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

  /** What may be executed by somebody, a group at a time. */
  *executing(): Generator<OpenCommand> {
    yield* this.#groups.claims.values();
    yield* this.#groups.tasks.values();
  }

  /** Whether somebody outside is asked for something, or children live. */
  get asksOutside(): boolean {
    return this.#groups.asked.size > 0 || this.#groups.receives.size > 0 || this.hasChildren;
  }

  get hasChildren(): boolean {
    const { children, apart, stopping } = this.#groups;
    return children.size + apart.size + stopping.size > 0;
  }

  /** Every child that lives. */
  *family(): Generator<OpenChild> {
    const { children, apart, stopping } = this.#groups;
    for (const group of [children, apart, stopping]) {
      for (const open of group.values()) if (isChild(open)) yield open;
    }
  }

  /** How many children live that are cancelled with their run. */
  get childCount(): number {
    let count = this.#groups.children.size;
    for (const { onParentEnd } of this.stopping()) if (onParentEnd === "cancel") count += 1;
    return count;
  }

  /** Those. */
  *children(): Generator<OpenChild> {
    for (const open of this.#groups.children.values()) if (isChild(open)) yield open;
    for (const child of this.stopping()) if (child.onParentEnd === "cancel") yield child;
  }

  /** The children that their run's code has asked to stop. */
  *stopping(): Generator<OpenChild> {
    for (const open of this.#groups.stopping.values()) if (isChild(open)) yield open;
  }

  /** What waits for the next message of some channel, the oldest first. */
  *receives(): Generator<OpenReceive> {
    for (const open of this.#groups.receives.values()) if (isReceive(open)) yield open;
  }

  /** The steps that are claimed in the log, whether or not their leases last. */
  *claims(): Generator<ClaimedStep> {
    for (const open of this.#groups.claims.values()) if (isClaimed(open)) yield open;
  }

  /** The unabsorbed tasks. */
  *tasks(): Generator<ScheduledStep> {
    for (const open of this.#groups.tasks.values()) if (isTask(open)) yield open;
  }

  /** What waits for a time that the log tells, the soonest first. */
  *timers(): Generator<{ at: number; open: OpenCommand }> {
    for (const [[at], open] of this.#timers.entries()) yield { at, open };
  }

  with(open: OpenCommand): Side {
    const { command } = open;
    const rest = this.without(command);
    const at = kindOf(open).dueAt(open);
    return new Side(
      rest.#all.with(command, open),
      rest.#grouped(open, (group) => group.with(command, open)),
      at === undefined ? rest.#timers : rest.#timers.with([at, command], open),
    );
  }

  without(command: number): Side {
    const open = this.#all.get(command);
    if (!open) return this;
    const at = kindOf(open).dueAt(open);
    return new Side(
      this.#all.without(command),
      this.#grouped(open, (group) => group.without(command)),
      at === undefined ? this.#timers : this.#timers.without([at, command]),
    );
  }

  #grouped(open: OpenCommand, change: (group: Groups[Group]) => Groups[Group]): Groups {
    const name = kindOf(open).group(open);
    return name === undefined
      ? this.#groups
      : { ...this.#groups, [name]: change(this.#groups[name]) };
  }
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

  claims(): ClaimedStep[] {
    return inOrder([...this.unshielded.claims(), ...this.shielded.claims()]);
  }

  tasks(): ScheduledStep[] {
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

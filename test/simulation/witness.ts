/**
 * What was seen from outside while a run was simulated: claims as the store granted them, attempts
 * as the steps' own code saw them, entries as they were written. It is held against the log.
 */
import type { Entry, EventOf, LogEvent } from "../../src/core/events.ts";
import { isFromOutside, isTerminal } from "../../src/core/events.ts";
import { MAX_DELAY_MS } from "../../src/ports/scheduler.ts";
import type { AppendAnswer } from "../../src/ports/store.ts";
import { type Claim, claimOf, type Execution, executing, isGoingOn, isHeld } from "./executions.ts";
import { Occasions } from "./occasions.ts";
import { OpenHooks } from "./open-hooks.ts";
import { OpenReceives } from "./open-receives.ts";
import { SeenPauses } from "./pauses.ts";
import type { Process } from "./process.ts";
import {
  type Answer,
  isAsked,
  type SeenClaim,
  type SeenUpdate,
  type Sight,
  type WitnessOptions,
} from "./sights.ts";
import { StandingRows } from "./standing-rows.ts";
import { currentTurn } from "./turns.ts";
import type { World } from "./world.ts";

export class Witness {
  readonly claims: Claim[] = [];
  readonly executions: Execution[] = [];
  readonly answers: Answer[] = [];
  readonly pauses = new SeenPauses();
  /** What was wrong at the moment when it was seen. */
  readonly violations: string[] = [];
  readonly #world: World;
  readonly #options: WitnessOptions;
  /** The processes that have read or written the request. */
  readonly heardBy = new Set<Process>();
  /** What the run's code said to its logger, how often. */
  said = 0;
  /** Until then it sleeps for longer than a message does: that is the sweep's. */
  asleepUntil = 0;
  /** The codes of the problems that it showed. */
  readonly problems: string[] = [];
  /** When the run was created. */
  begun: Sight | undefined;
  readonly #entries = new Map<string, number>();
  readonly #shielded = new Map<number, boolean>();
  /** By the clock of who wrote it. */
  #deliveredAt = Number.NEGATIVE_INFINITY;
  /** The steps that were begun by code which has heard of the cancellation. */
  readonly #ofHandlers = new Set<number>();
  readonly #occasions = new Occasions();
  /** When the request, the delivery and the end were written. */
  requested: Sight | undefined;
  delivered: Sight | undefined;
  ended: (Sight & { as: LogEvent["type"] }) | undefined;
  readonly hooks = new OpenHooks();
  readonly receives = new OpenReceives();
  readonly rows = new StandingRows();
  readonly settled = new Map<number, number>();
  /** The runs that are its children, of which its log has no end yet. */
  readonly children = new Set<string>();
  /** When its log heard last of a child before the delivery, in the world's time. */
  familyUntil: number | undefined;
  /** When something shielded last began, ended or paused before the delivery, in the world's time. */
  shieldedUntil: number | undefined;

  constructor(world: World, options: WitnessOptions) {
    this.#world = world;
    this.#options = options;
  }

  /** How many entries were written to the log. */
  get written(): number {
    return this.#entries.size;
  }

  /** An event by its type, `executes NAME`, or any `entry`. */
  once(sight: string, callback: () => void): void {
    this.#occasions.once(sight, callback);
  }

  isShielded(command: number): boolean | undefined {
    return this.#shielded.get(command);
  }

  complain(violation: string): void {
    this.#world.note(() => `VIOLATION ${violation}`);
    this.violations.push(violation);
  }

  sawCreate(): void {
    const { moment, now } = this.#world;
    this.begun ??= { moment, now };
  }

  sawAppend(process: Process, entry: Entry, answer: AppendAnswer): void {
    if (answer.outcome !== "appended" || this.#entries.has(entry.id)) return;
    this.#entries.set(entry.id, this.#world.moment);
    this.#occasions.saw("entry");
    if (this.#options.diverges(process) && !isAsked(entry) && !isFromOutside(entry)) {
      this.complain(`code that diverges appends ${entry.events.map(({ type }) => type)}`);
    }
    for (const event of entry.events) this.#sawEvent(process, entry, event);
  }

  sawClaim(process: Process, { command, wanted, answer: { ok } }: SeenClaim): void {
    const { claim: id, attempt, lease } = wanted;
    if (!ok || this.#claimOf(command, attempt)?.id === id) return;
    const before = this.#claimOf(command, attempt - 1);
    const { clocksAgree } = this.#options;
    if (clocksAgree && before?.asTask && !before.ended && before.lease > wanted.now) {
      this.complain(`attempt ${attempt} of command ${command} takes over a live one`);
    }
    if (currentTurn()?.knew && this.#shielded.get(command) === false) {
      this.complain(`command ${command} was claimed by a turn that knew of the request`);
    }
    this.#granted({ id, command, attempt, process, asTask: true, claimedAt: wanted.now, lease });
  }

  sawUpdate(process: Process, { command, update, answer: { ok, task } }: SeenUpdate): void {
    const claim = this.#claimOf(command, task.attempt);
    if (!ok || !claim) return;
    // What another finishes in its name is given up.
    if (update.type === "finish" && claim.process !== process) this.#examineHeld(claim, "given up");
    if (update.type === "renew") this.#renewed(claim, update.lease, claim.process.clock.now());
    else claim.ended = true;
    if (task.leftBehind || (task.end?.type === "failed" && task.end.leftBehind)) {
      claim.leftBehind = true;
    }
  }

  /** @param key the step's idempotency key, which ends with its command. */
  sawBegin(
    process: Process,
    name: string,
    { key, attempt }: { key: string; attempt: number },
  ): () => void {
    const command = Number(key.split("/").at(-1));
    const { moment, now: began } = this.#world;
    const execution: Execution = {
      command,
      attempt,
      name,
      process,
      moment,
      began,
      over: undefined,
    };
    this.#world.note(() => `${process.name} EXECUTES ${name} (${command}, attempt ${attempt})`);
    this.#examine(execution);
    this.executions.push(execution);
    this.#occasions.saw(`executes ${name}`);
    return () => {
      execution.over = this.#world.now;
      this.#world.note(() => `${process.name} is done with ${name} (${command}, ${attempt})`);
    };
  }

  #sawEvent(process: Process, entry: Entry, event: LogEvent): void {
    const { moment, now } = this.#world;
    const sight = { moment, now };
    this.#occasions.saw(event.type);
    this.hooks.saw(event);
    this.pauses.saw(event, moment);
    this.receives.saw(event);
    if ("shielded" in event && !event.shielded) this.#occasions.saw(`unshielded ${event.type}`);
    if ("shielded" in event && event.shielded && !this.delivered) this.shieldedUntil = now;
    if (isTerminal(event)) this.ended = { ...sight, as: event.type };
    switch (event.type) {
      case "cancellation.requested":
        this.requested = sight;
        break;
      case "cancellation.delivered":
        this.delivered = sight;
        this.#examineDelivery(entry);
        break;
      case "sleep.started":
        if (event.until - entry.at > MAX_DELAY_MS) this.asleepUntil = event.until;
        break;
      case "step.scheduled":
        this.#sawStep(event);
        break;
      case "step.started":
        this.#sawStep(event);
        this.#sawStart(process, event);
        break;
      case "step.renewed": {
        const claim = this.#claimOf(event.command, event.attempt);
        if (claim) this.#renewed(claim, event.lease, entry.at);
        break;
      }
      case "child.started":
        this.children.add(event.child);
        break;
      case "child.completed":
      case "child.failed":
      case "child.cancelled":
      case "child.abandoned":
        this.children.delete(event.child);
        if (!this.delivered) this.familyUntil = now;
        break;
      case "step.abandoned":
        this.settled.set(event.command, moment);
        break;
      case "step.completed":
      case "step.failed":
      case "step.retrying":
      case "step.cancelled": {
        if (event.type !== "step.retrying") this.settled.set(event.command, moment);
        const claim = this.#claimOf(event.command, event.attempt);
        // Of a task its item tells; a cancellation without an error is not its holder's word.
        if (claim && !claim.asTask && ("result" in event || event.error !== undefined)) {
          claim.ended = true;
          if ("leftBehind" in event && event.leftBehind) claim.leftBehind = true;
        }
        break;
      }
      default:
    }
  }

  #sawStep({ command, shielded }: EventOf<"step.scheduled" | "step.started">): void {
    if (this.delivered && !this.#shielded.has(command)) this.#ofHandlers.add(command);
    this.#shielded.set(command, shielded);
  }

  #sawStart(process: Process, event: EventOf<"step.started">): void {
    const { claim: id, command, attempt, lease } = event;
    const claimedAt = process.clock.now();
    this.#granted({ id, command, attempt, process, asTask: false, claimedAt, lease });
  }

  #granted(claim: Omit<Claim, "moment" | "ended" | "leftBehind" | "lapsed">): void {
    const { command, attempt } = claim;
    if (this.#claimOf(command, attempt)) {
      this.complain(`attempt ${attempt} of command ${command} was granted twice`);
    }
    const before = this.claims.findLast((each) => each.command === command);
    if (before) this.#examineHeld(before, "taken over");
    const { moment } = this.#world;
    this.claims.push({ ...claim, moment, ended: false, leftBehind: false, lapsed: false });
  }

  #renewed(claim: Claim, lease: number, at: number): void {
    if (claim.lease < at) claim.lapsed = true;
    claim.lease = lease;
  }

  #claimOf(command: number, attempt: number): Claim | undefined {
    return claimOf(this.claims, { command, attempt });
  }

  /** An attempt executes once, by the process that claimed it, and begins while its lease lasts. */
  #examine({ command, attempt, name, process }: Execution): void {
    const what = `attempt ${attempt} of step ${name} (command ${command})`;
    const claim = this.#claimOf(command, attempt);
    if (claim?.process !== process) this.complain(`${what} executes without a claim`);
    const left = claim ? claim.lease - process.clock.now() : 0;
    if (claim && left <= 0) this.complain(`${what} begins ${-left} ms after its lease`);
    const twin = this.executions.find(
      (each) => each.command === command && each.attempt === attempt,
    );
    if (twin) this.complain(`${what} executes twice`);
    if (this.#ofHandlers.has(command)) this.#examineCompany(what);
    this.#examineBefore(command, what);
    if (this.#shielded.get(command) !== false || this.requested === undefined) return;
    if (claim && !claim.asTask && claim.moment > this.requested.moment) {
      this.complain(`${what} executes under a claim that follows the request`);
    }
  }

  /** Nobody's claim is over before its lease is, by the clock of whoever holds it. */
  #examineHeld(claim: Claim, what: string): void {
    if (!this.#options.clocksAgree || !isHeld(claim)) return;
    const { command, attempt, lease, process } = claim;
    const left = lease - process.clock.now();
    this.complain(
      `attempt ${attempt} of command ${command} is ${what} ${left} ms before its lease is over`,
    );
  }

  /** Nothing executes at the delivery, unless its lease ended, and what is shielded is over. */
  #examineDelivery({ at }: Entry): void {
    this.#deliveredAt = at;
    for (const [command, shielded] of this.#shielded) {
      if (shielded && !this.settled.has(command)) {
        this.complain(`shielded command ${command} is not over at the delivery`);
      }
    }
    for (const { command, attempt, over, process } of this.executions) {
      const claim =
        over === undefined && process.alive ? this.#claimOf(command, attempt) : undefined;
      if (claim) this.#examineHeld(claim, "left alone");
    }
    for (const { attempt, name, claim } of this.#executing()) {
      this.complain(
        `attempt ${attempt} of step ${name} still executes at the delivery, with ${claim.lease - at} ms of its lease left`,
      );
    }
  }

  /** No step of a handler executes beside one that was begun before the delivery, shielded or not. */
  #examineCompany(what: string): void {
    for (const { command, attempt, name } of this.#executing()) {
      if (this.#ofHandlers.has(command)) continue;
      this.complain(`${what} begins beside attempt ${attempt} of step ${name}`);
    }
  }

  /**
   * No attempt begins beside one before it, unless that was left behind or its lease ended. Where clocks
   * are further apart nobody can tell that: as much time has passed as the lease was to last.
   */
  #examineBefore(command: number, what: string): void {
    if (!this.#options.clocksAgree) return;
    const claimed = this.claims.findLast((each) => each.command === command);
    const at = claimed?.claimedAt ?? 0;
    for (const before of this.executions) {
      if (before.command !== command || !this.#isGoingOn(before, at)) continue;
      this.complain(`${what} begins beside attempt ${before.attempt}`);
    }
  }

  /** What executes under a claim that was held when the cancellation was delivered. */
  #executing(): (Execution & { claim: Claim })[] {
    return executing(this, { at: this.#deliveredAt, now: this.#world.now });
  }

  #isGoingOn(execution: Execution, at: number): boolean {
    const claim = this.#claimOf(execution.command, execution.attempt);
    return isGoingOn(execution, claim, { at, now: this.#world.now });
  }
}

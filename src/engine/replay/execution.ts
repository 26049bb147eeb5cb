/**
 * A workflow's code, run over its log. No I/O, no clock: the log is all it sees.
 *
 * X1. Events are delivered one at a time, in log order, and the code's microtasks settle between
 *     two of them: that time is the delivery window.
 * X2. A command is its place in the order in which the code issued it, with its kind, its name and
 *     whether it is shielded. A log that says otherwise is a fault, and so is a command or an ending
 *     outside a window.
 * X3. Waiting is a promise that does not settle; nothing is ever thrown into the code to stop it.
 * X4. Code that begins work of the platform, such as a timer, makes the execution doubtful: it is fed
 *     no more, but replayed, so that whoever awaits such work meets the same fault warm as cold.
 * X5. From the delivery of a cancellation on, every unshielded checkpoint rejects.
 */

import {
  type OpenShield,
  runInScope,
  type Scope,
  type Within,
  type WorkflowHost,
} from "../../authoring/scope.ts";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import type { PendingCommand } from "../../core/commands/index.ts";
import {
  type Command,
  type CommandEvent,
  isOfCommand,
  kindOf,
  labelOf,
  roleOf,
} from "../../core/commands/index.ts";
import { type DetentError, EndlessLoopError, ForeignAwaitError } from "../../core/errors.ts";
import type { LogEvent } from "../../core/events.ts";
import type { Ending, Outcome } from "../../core/outcome.ts";
import { callUserCode } from "../../core/user-stack.ts";
import { decode, type Encoded } from "../../core/value.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RunKey } from "../../ports/store.ts";
import { delivered } from "./delivered-errors.ts";
import { endingOf, type Finish } from "./ending.ts";
import { watchForeignWork } from "./foreign-work.ts";
import { IssuedCommands } from "./issued-commands.ts";
import { settled } from "./microtasks.ts";
import { handled, never } from "./pending-promises.ts";
import { replayLogger } from "./replay-logger.ts";
import { WaitingCommands } from "./waiting-commands.ts";
import { WorkflowCancellation } from "./workflow-cancellation.ts";
import { workflowContext } from "./workflow-context.ts";

/** Code that does this much in one window, without ever waiting, does so for ever. */
const MOST_ACTS = 100_000;

export class Execution {
  readonly #workflow: AnyWorkflow;
  readonly #host: WorkflowHost;
  /** Where the code stands outside of its shields. */
  readonly #scope: Scope;
  readonly #cancellation: WorkflowCancellation;
  readonly #waiting = new WaitingCommands();
  readonly #issued = new IssuedCommands();
  /** The steps that are settled in what is to be fed yet. */
  readonly #settledAhead = new Set<number>();
  #shields = 0;
  #acts = 0;
  /** How many windows there were. */
  #windows = 0;
  #window = false;
  #quiet = true;
  #now = 0;
  #finish: Finish | undefined;
  #ending: Promise<Ending> | undefined;
  #fault: DetentError | undefined;
  #isDoubtful = false;
  #tellOfFault: (() => void) | undefined;

  constructor(workflow: AnyWorkflow, key: RunKey, logger: Logger) {
    this.#workflow = workflow;
    this.#cancellation = new WorkflowCancellation(key.runId);
    this.#host = {
      context: workflowContext(key, workflow.name, {
        signal: this.#cancellation.signal,
        logger: replayLogger(logger, () => !this.#quiet),
        news: () => this.#cancellation.news,
        now: () => this.#now,
        drawing: (what) => this.#draws(what),
      }),
      issue: (command, within) => this.#issue(command, within),
      checkCancellation: (shielded) => this.#check(shielded),
      openShield: () => this.#openShield(),
      beganForeignWork: () => {
        if (this.#window) this.#isDoubtful = true;
      },
    };
    this.#scope = { kind: "workflow", host: this.#host, shielded: false, cleanup: false };
  }

  /**
   * Whether the code has begun what a cold replay would not wait for. By now that may have settled
   * something which the log knows nothing of, such as one part of a `Promise.all`.
   */
  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  get isFaulty(): boolean {
    return this.#fault !== undefined;
  }

  /** @param tell is called when the code does outside of a window what it may do in one only. */
  whenFaulty(tell: () => void): void {
    this.#tellOfFault = tell;
  }

  /** Tells what will be fed: a step that is settled there is not run, whatever its arguments are. */
  announce(log: readonly { readonly events: readonly LogEvent[] }[]): void {
    for (const event of log.flatMap(({ events }) => events)) {
      if (isOfCommand(event) && roleOf(event).does === "settles") {
        this.#settledAhead.add(event.command);
      }
    }
  }

  /** Delivers what an entry says. A quiet feed keeps the workflow's logger silent. */
  async feed(
    entry: { readonly events: readonly LogEvent[]; readonly at: number },
    options: { quiet: boolean },
  ): Promise<void> {
    this.#quiet = options.quiet;
    for (const event of entry.events) await this.#deliver(event, entry.at);
  }

  async outcome(): Promise<Outcome> {
    if (this.#finish) this.#ending ??= endingOf(this.#workflow, this.#host, this.#finish);
    const ending = await this.#ending;
    return {
      pending: this.#waiting.pending,
      unrecorded: this.#waiting.unrecorded,
      waitingChecks: this.#cancellation.waitingChecks,
      openShields: this.#shields,
      runaway: this.#cancellation.isRunaway,
      ...(ending && { ending }),
      ...(this.#fault && { fault: this.#fault }),
    };
  }

  async #deliver(event: LogEvent, at: number): Promise<void> {
    if (this.#fault) return;
    if (isOfCommand(event)) {
      const contradiction = this.#issued.contradiction(event);
      if (contradiction) return this.#fail(contradiction);
      this.#waiting.record(event.command);
    }
    const settle = this.#settlement(event, at);
    if (!settle) return;
    this.#now = at;
    this.#cancellation.paused();
    this.#acts = 0;
    this.#windows += 1;
    this.#window = true;
    const unwatch = watchForeignWork();
    settle();
    await settled();
    unwatch();
    this.#requireProgress();
    this.#window = false;
  }

  /** What an event does to the code, or `undefined` if it does nothing to it. */
  #settlement(event: LogEvent, at: number): (() => void) | undefined {
    if (isOfCommand(event)) return this.#commandSettlement(event);
    switch (event.type) {
      case "workflow.started":
        return () => this.#start(event.input);
      case "cancellation.requested": {
        this.#cancellation.request(event);
        return undefined;
      }
      case "cancellation.delivered":
        return () => this.#cancel();
      default:
        this.#now = Math.max(this.#now, at);
        return undefined;
    }
  }

  #start(input: Encoded): void {
    const value = decode(input) as never;
    // Async, so that code which throws at once ends like code which throws later.
    const running = runInScope(this.#scope, () => callUserCode(this.#workflow.run, [value]));
    running.then(
      (returned) => this.#end({ type: "returned", value: returned }),
      (error: unknown) => this.#end({ type: "threw", error }),
    );
  }

  #end(finish: Finish): void {
    if (!this.#window) this.#failOutside("The workflow ended");
    this.#finish = finish;
  }

  #commandSettlement(event: CommandEvent): (() => void) | undefined {
    const { command } = event;
    const waiting = this.#waiting.get(command);
    if (!waiting) return undefined;
    const role = roleOf(event);
    if (role.does === "cancels") waiting.cause = role.cause?.(event) ?? waiting.cause;
    if (role.does !== "settles") return undefined;
    return () => {
      this.#waiting.delete(command);
      this.#settledAhead.delete(command);
      const settlement = role.settle(event);
      if (settlement.type === "resolved") waiting.resolve(settlement.value);
      else waiting.reject(delivered(settlement.error));
    };
  }

  /** In the code's scope, as what listens to its signal is code of the workflow like any other. */
  #cancel(): void {
    runInScope(this.#scope, () => {
      this.#cancellation.deliver((errorWith) => {
        for (const { pending, reject, cause } of this.#waiting.unshielded()) {
          this.#waiting.delete(pending.command);
          reject(errorWith(cause));
        }
      });
    });
  }

  #issue(command: Command, within: Within): Promise<unknown> {
    const what = labelOf(command);
    const { shielded } = within;
    if (!this.#mayAct(`The workflow asked for ${what}`, shielded)) return never();
    const position = this.#issued.add({ what, shielded });
    if (this.#isRejected(shielded)) return this.#cancellation.reject();
    const pending = this.#pending(command, position, within);
    return handled(
      new Promise((resolve, reject) => {
        this.#waiting.add({ pending, resolve, reject });
      }),
    );
  }

  #pending(command: Command, position: number, { shielded, cleanup }: Within): PendingCommand {
    const isEarly = this.#cancellation.isDelivered && !cleanup;
    const place = {
      command: position,
      shielded,
      window: this.#windows,
      ...(isEarly && { cleanup: false as const }),
    };
    return kindOf(command).pending(command, place, this.#settledAhead.has(position));
  }

  #check(shielded: boolean): Promise<void> {
    if (!this.#mayAct("The workflow called checkCancellation()", shielded)) return never();
    return shielded ? Promise.resolve() : this.#cancellation.check(this.#windows);
  }

  #openShield(): OpenShield {
    const cleanup = this.#cancellation.isDelivered;
    if (!this.#mayAct("The workflow opened a shield", true)) return { cleanup, close() {} };
    this.#shields += 1;
    const close = (): void => {
      if (!this.#window) this.#failOutside("A shield ended");
      this.#shields -= 1;
    };
    return { cleanup, close };
  }

  /** Drawn from outside a window, it would come out of another turn at every replay. */
  #draws(what: string): void {
    if (!this.#window) this.#failOutside(`The workflow called ${what}`);
  }

  #mayAct(what: string, shielded: boolean): boolean {
    if (this.#fault) return false;
    // Checkpoints that reject have a bound of their own.
    if (!this.#isRejected(shielded)) this.#acts += 1;
    if (this.#window && this.#acts <= MOST_ACTS) return true;
    if (this.#window) this.#fail(new EndlessLoopError(MOST_ACTS));
    else this.#failOutside(what);
    return false;
  }

  #isRejected(shielded: boolean): boolean {
    return this.#cancellation.isDelivered && !shielded;
  }

  #fail(fault: DetentError): void {
    this.#fault ??= fault;
  }

  /** Nobody feeds the code just now, so nobody would see it. */
  #failOutside(what: string): void {
    if (this.#fault) return;
    this.#fail(new ForeignAwaitError(what));
    this.#tellOfFault?.();
  }

  #requireProgress(): void {
    if (this.#waiting.size > 0 || this.#cancellation.waitingChecks.length > 0) return;
    if (this.#cancellation.isRunaway) return;
    if (this.#finish && this.#shields === 0) return;
    this.#fail(new ForeignAwaitError("The workflow waits for no Detent command"));
  }
}

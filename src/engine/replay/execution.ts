/**
 * A workflow's code, run over its log. No I/O, no clock: the log is all it sees.
 *
 * It owns the code's promises and what became of them: what was issued and waits, the window, open
 * shields, the signal, lines not written yet. Events come in through `feed`, with those that a replay will
 * still bring through `announce`; what the code calls comes in through the scope's host. Where the code
 * stands goes out through `outcome`, its log lines through `say`, and a fault that no feed meets through
 * `whenFaulty`. It knows no session: who feeds it, and what of that is in the log, is not its matter.
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
 * X6. A patch that the log began with holds at every replay, whatever the workflow names by now; one
 *     that only the workflow names never does.
 * X7. A receive is settled by the event that names its message, and by nothing else: which one it gets
 *     was decided when that was written, so it is no matter of what else waits or is there.
 */

import type {
  IssuedAhead,
  IssuedChild,
  OpenShield,
  WantedChild,
  Within,
  WorkflowHost,
} from "../../authoring/scope.ts";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import type { Place } from "../../core/commands/command.ts";
import { type Command, isOfCommand, kindOf, labelOf } from "../../core/commands/index.ts";
import { ForeignAwaitError } from "../../core/errors.ts";
import type { EventOf, LogEvent } from "../../core/events.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RunHead } from "../../ports/store.ts";
import { DeliveryWindow } from "./delivery-window.ts";
import { HeldLines, type Saying } from "./held-lines.ts";
import { hookToken } from "./hook-token.ts";
import { IssuedCommands } from "./issued-commands.ts";
import { KeptMessages } from "./kept-messages.ts";
import { NamedInWorkflow } from "./named-in-workflow.ts";
import { never } from "./pending-promises.ts";
import { WaitingCommands } from "./waiting-commands.ts";
import { wantedChild } from "./wanted-child.ts";
import { WorkflowCancellation } from "./workflow-cancellation.ts";
import { WorkflowCode } from "./workflow-code.ts";
import { workflowContext } from "./workflow-context.ts";

/** What the code has asked for, and gets for it. */
interface Issued {
  position: number;
  promise: Promise<unknown>;
}

/** Which log of which run. */
type Key = Pick<RunHead, "runId" | "incarnation" | "generation">;

export class Execution {
  readonly #key: Key;
  readonly #code: WorkflowCode;
  readonly #cancellation: WorkflowCancellation;
  readonly #window = new DeliveryWindow();
  readonly #messages = new KeptMessages();
  readonly #waiting = new WaitingCommands(this.#messages);
  readonly #issued = new IssuedCommands();
  readonly #named: NamedInWorkflow;
  readonly #lines = new HeldLines();
  #shields = 0;
  #quiet = true;
  #now = 0;

  constructor(workflow: AnyWorkflow, key: Key, logger: Logger) {
    this.#named = new NamedInWorkflow(workflow, this.#window);
    this.#key = key;
    this.#cancellation = new WorkflowCancellation(key.runId);
    const host: WorkflowHost = {
      context: workflowContext(key, workflow.name, {
        signal: this.#cancellation.signal,
        logger: this.#lines.logger(logger, () => this.#saying()),
        news: () => this.#cancellation.news,
        now: () => this.#now,
        // Drawn from outside a window, it would come out of another turn at every replay.
        drawing: (what) => this.#window.mustBeOpen(`The workflow called ${what}`),
      }),
      issue: (command, within) => this.#issue(command, within),
      issueAhead: (command, within) => this.#issueAhead(command, within),
      issueChild: (wanted, within) => this.#issueChild(wanted, within),
      checkCancellation: (shielded) => this.#check(shielded),
      openShield: () => this.#openShield(),
      patched: (id) => this.#named.patched(id),
      requireChannel: (name) => this.#named.requireChannel(name),
      beganForeignWork: () => this.#window.beganForeignWork(),
    };
    this.#code = new WorkflowCode(workflow, host, () => {
      this.#window.mustBeOpen("The workflow ended");
    });
  }

  /**
   * Whether the code has begun what a cold replay would not wait for. By now that may have settled
   * something which the log knows nothing of, such as one part of a `Promise.all`.
   */
  get isDoubtful(): boolean {
    return this.#window.isDoubtful;
  }

  get isFaulty(): boolean {
    return this.#window.fault !== undefined;
  }

  /** @param tell is called when the code does outside of a window what it may do in one only. */
  whenFaulty(tell: () => void): void {
    this.#window.whenFaulty(tell);
  }

  /** Tells what will be fed: a step that is settled there is not run, whatever its arguments are. */
  announce(log: readonly { readonly events: readonly LogEvent[] }[]): void {
    for (const event of log.flatMap(({ events }) => events)) {
      if (isOfCommand(event)) this.#waiting.announce(event);
    }
  }

  /** Writes what the code has logged: what brought it there is in the log. */
  say(): void {
    this.#lines.say();
  }

  /** Forgets what the code has logged: another process has brought it there, and written that. */
  hush(): void {
    this.#lines.drop();
  }

  /** Nothing that is fed tells of what the code does by itself: that is said at once. */
  #saying(): Saying {
    if (this.#quiet) return "hush";
    return this.#window.isOpen ? "hold" : "say";
  }

  /**
   * Tells the code what an entry says. A quiet feed keeps the workflow's logger silent; what is logged under
   * any other is held until `say` or `hush`.
   */
  async feed(
    entry: { readonly events: readonly LogEvent[]; readonly at: number },
    options: { quiet: boolean },
  ): Promise<void> {
    this.#quiet = options.quiet;
    for (const event of entry.events) await this.#feed(event, entry.at);
  }

  async outcome(): Promise<Outcome> {
    const ending = await this.#code.ending();
    const { fault } = this.#window;
    return {
      pending: this.#waiting.pending,
      unrecorded: this.#waiting.unrecorded,
      waitingChecks: this.#cancellation.waitingChecks,
      openShields: this.#shields,
      runaway: this.#cancellation.isRunaway,
      ...(ending && { ending }),
      ...(fault && { fault }),
    };
  }

  async #feed(event: LogEvent, at: number): Promise<void> {
    if (this.isFaulty) return;
    if (isOfCommand(event)) {
      const contradiction = this.#issued.contradiction(event);
      if (contradiction) return this.#window.fail(contradiction);
      this.#waiting.record(event.command);
    }
    const settle = this.#settlement(event);
    this.#now = at;
    if (!settle) return;
    this.#cancellation.paused();
    await this.#window.during(settle);
    this.#requireProgress();
  }

  /** What an event does to the code, or `undefined` if it does nothing to it. */
  #settlement(event: LogEvent): (() => void) | undefined {
    if (isOfCommand(event)) return this.#waiting.settlement(event);
    switch (event.type) {
      case "workflow.started":
        return () => this.#start(event);
      case "cancellation.requested":
        this.#cancellation.request(event);
        return undefined;
      case "cancellation.delivered":
        return () => this.#cancel();
      case "message.received":
        this.#messages.keep(event);
        return undefined;
      default:
        return undefined;
    }
  }

  #start({ input, patches = [] }: EventOf<"workflow.started">): void {
    this.#named.begin(patches);
    this.#code.start(input);
  }

  /** In the code's scope, as what listens to its signal is code of the workflow like any other. */
  #cancel(): void {
    this.#code.inScope(() => {
      this.#cancellation.deliver((errorWith) => this.#waiting.rejectUnshielded(errorWith));
    });
  }

  #issue(command: Command, within: Within): Promise<unknown> {
    return this.#issueIn(this.#window.number, command, within).promise;
  }

  #issueAhead(command: Command, within: Within): IssuedAhead {
    const { position, promise } = this.#issueIn(undefined, command, within);
    return {
      token: hookToken(this.#key, position),
      wait: () => this.#wait(position, labelOf(command), promise),
    };
  }

  #issueChild(wanted: WantedChild, within: Within): IssuedChild {
    const what = labelOf({ kind: "child", name: wanted.workflow });
    const place = this.#placeFor(what, this.#window.number, within);
    if ("promise" in place) return { command: place.position, born: place.promise, wait: never };
    const { command } = place;
    const isSettled = this.#waiting.isSettledAhead(command);
    const asked = wantedChild(this.#key, { ...wanted, command, isSettled });
    const { begun, ended } = this.#waiting.addInTwo({ ...asked, ...place });
    return { command, born: begun, wait: () => this.#wait(command, `the end of ${what}`, ended) };
  }

  /** From now on the code waits for what it has asked for before. */
  #wait(position: number, what: string, promise: Promise<unknown>): Promise<unknown> {
    if (this.#waiting.isAhead(position)) {
      this.#window.mustBeOpen(`The workflow came to await ${what}`);
      this.#waiting.await(position, this.#window.number);
    }
    return promise;
  }

  /** @param window in which the code waits for it; nothing if it does not yet. */
  #issueIn(window: number | undefined, command: Command, within: Within): Issued {
    const place = this.#placeFor(labelOf(command), window, within);
    if ("promise" in place) return place;
    const isSettled = this.#waiting.isSettledAhead(place.command);
    const pending = kindOf(command).pending(command, place, isSettled);
    return { position: place.command, promise: this.#waiting.add(pending) };
  }

  /** The place of what the code asks for, or what it gets if nothing comes of that. */
  #placeFor(
    what: string,
    window: number | undefined,
    { shielded, cleanup }: Within,
  ): Place | Issued {
    if (!this.#mayAct(`The workflow asked for ${what}`, shielded))
      return { position: 0, promise: never() };
    const position = this.#issued.add({ what, shielded });
    if (this.#isRejected(shielded)) return { position, promise: this.#cancellation.reject() };
    const isEarly = this.#cancellation.isDelivered && !cleanup;
    return { command: position, shielded, window, ...(isEarly && { cleanup: false as const }) };
  }

  #check(shielded: boolean): Promise<void> {
    if (!this.#mayAct("The workflow called checkCancellation()", shielded)) return never();
    return shielded ? Promise.resolve() : this.#cancellation.check(this.#window.number);
  }

  #openShield(): OpenShield {
    const cleanup = this.#cancellation.isDelivered;
    if (!this.#mayAct("The workflow opened a shield", true)) return { cleanup, close() {} };
    this.#shields += 1;
    const close = (): void => {
      this.#window.mustBeOpen("A shield ended");
      this.#shields -= 1;
    };
    return { cleanup, close };
  }

  /** Checkpoints that reject have a bound of their own. */
  #mayAct(what: string, shielded: boolean): boolean {
    return this.#window.mayAct(what, { isBounded: this.#isRejected(shielded) });
  }

  #isRejected(shielded: boolean): boolean {
    return this.#cancellation.isDelivered && !shielded;
  }

  #requireProgress(): void {
    if (this.#waiting.awaited > 0 || this.#cancellation.waitingChecks.length > 0) return;
    if (this.#cancellation.isRunaway) return;
    if (this.#code.hasEnded && this.#shields === 0) return;
    this.#window.fail(new ForeignAwaitError("The workflow waits for no Detent command"));
  }
}

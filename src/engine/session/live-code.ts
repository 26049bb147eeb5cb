/**
 * A run's code as it lives in this process: fed with the log, and shown what is about to be appended.
 *
 * It owns the execution and whether that is ahead. What was appended, by whoever, comes in through
 * `feed`; where the code stands goes out through `outcome`. Nothing of it outlives a doubt: whatever
 * may differ from the log is thrown away, and replayed from what the session knows of the log.
 *
 * E1. The execution has been fed exactly the entries that the session knows, or it is *ahead*: fed
 *     events that are not yet in the log. An execution that is ahead and does not get its events into
 *     the log is thrown away, and the log is replayed anew, so nothing uncommitted is ever believed.
 */
import { type Entry, isFromOutside, type LogEvent } from "../../core/events.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Execution } from "../replay/execution.ts";

export class LiveCode {
  readonly #replay: () => Promise<Execution>;
  /** None before the first call that needs one: many never do. */
  #execution: Execution | undefined;
  /** The execution was shown events that are not in the log (E1). */
  #ahead = false;
  #faulty = (): void => {};

  /** @param replay runs the code over the log as far as it is known. */
  constructor(replay: () => Promise<Execution>) {
    this.#replay = replay;
  }

  /** None where nobody has asked for it yet, or it was thrown away. */
  get execution(): Execution | undefined {
    return this.#execution;
  }

  /** @param tell is called when the code goes on by itself, and so meets a fault that nobody sees. */
  whenFaulty(tell: () => void): void {
    this.#faulty = tell;
  }

  /** @throws WorkflowNotFoundError when it is not deployed here. */
  async outcome(): Promise<Outcome> {
    return await (await this.#live()).outcome();
  }

  /** Shows the code events that are about to be appended (E1). */
  async foresee(events: readonly LogEvent[], at: number): Promise<void> {
    if (!this.#ahead) this.#doubt();
    const live = await this.#live();
    this.#ahead = true;
    await live.feed({ events, at }, { quiet: false });
  }

  /** Of an append that got an answer. @returns whether the code had been shown what was appended. */
  settle(isAppended: boolean): boolean {
    const shown = this.#ahead;
    this.#ahead = false;
    if (shown && !isAppended) this.#execution = undefined;
    return shown;
  }

  /** Takes note that others appended: they went on without it, so a fault may be none of the run. */
  overtaken(): void {
    if (this.#execution?.isFaulty) this.#execution = undefined;
  }

  /** Feeds an entry that is in the log to code that was not shown it. */
  async feed(entry: Entry, { own }: { own: boolean }): Promise<void> {
    this.#doubt();
    // Whoever wrote it logs what the code does by then; of a sender's entry, who writes the next one.
    const quiet = !own && !isFromOutside(entry);
    if (quiet) this.#execution?.hush();
    await this.#execution?.feed(entry, { quiet });
  }

  /** Writes the log lines of code whose place is in the log, or will not be. */
  say(): void {
    this.#execution?.say();
  }

  forget(): void {
    this.#execution = undefined;
    this.#ahead = false;
  }

  /** What cannot be fed as the log alone would feed it is replayed from the start. */
  #doubt(): void {
    if (this.#execution?.isDoubtful && !this.#execution.isFaulty) this.#execution = undefined;
  }

  async #live(): Promise<Execution> {
    if (this.#execution) return this.#execution;
    const execution = await this.#replay();
    execution.whenFaulty(() => {
      if (this.#execution === execution) this.#faulty();
    });
    this.#execution = execution;
    return execution;
  }
}

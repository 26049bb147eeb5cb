import { TimeoutError } from "../core/errors.ts";
import { isEnded } from "../core/run.ts";
import type { Run } from "../engine/engine.ts";

interface DriverOptions {
  /** Runs what is due until nothing is. */
  runDue(): Promise<void>;
  /**
   * Whether something of a run may still go on by itself: the clock moves, or a turn is at work and
   * not all that it executes are steps that sleep.
   */
  mayGoOn(runId: string): boolean;
  read(runId: string): Promise<Run>;
  /** The names of the hooks of a run that take a payload. */
  hooks(runId: string): Promise<string[]>;
  /** The names of the channels of which a run waits for a message. */
  channels(runId: string): Promise<string[]>;
  /** Throws for what a test does not let pass, although the wait is over. */
  check(): void;
}

interface Waiter {
  runId: string;
  giveUp(error: Error): void;
}

/**
 * Runs what is due for as long as somebody waits. Time is moved by the test alone, so a wait for what
 * only time can bring would never end: it is given up, and says so.
 */
export class Driver {
  readonly #options: DriverOptions;
  readonly #waiting = new Set<Waiter>();
  #driving = false;
  #wanted = false;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /** @throws TimeoutError when the run can only go on by the clock. */
  during<Answer>(runId: string, wait: () => Promise<Answer>): Promise<Answer> {
    let giveUp = (_error: Error): void => {};
    const givenUp = new Promise<never>((_resolve, reject) => {
      giveUp = reject;
    });
    const waiter = { runId, giveUp };
    this.#waiting.add(waiter);
    this.wake();
    const answer = Promise.race([this.#checked(wait), givenUp]).finally(() =>
      this.#waiting.delete(waiter),
    );
    // The caller may attach its handler only later, and until then a rejection must not count as
    // unhandled.
    answer.catch(() => {});
    return answer;
  }

  async #checked<Answer>(wait: () => Promise<Answer>): Promise<Answer> {
    const answer = await wait();
    this.#options.check();
    return answer;
  }

  /** Something may be due now. */
  wake(): void {
    if (this.#waiting.size === 0) return;
    this.#wanted = true;
    if (!this.#driving) void this.#drive();
  }

  async #drive(): Promise<void> {
    this.#driving = true;
    while (this.#wanted) {
      this.#wanted = false;
      // What fails here is found due again when the test lets the engine run.
      await this.#options.runDue().catch(() => {});
      if (!this.#wanted) await this.#giveUpWhatStands();
    }
    this.#driving = false;
  }

  async #giveUpWhatStands(): Promise<void> {
    const { mayGoOn, read, hooks, channels } = this.#options;
    for (const waiter of [...this.#waiting]) {
      if (mayGoOn(waiter.runId)) continue;
      const run = await read(waiter.runId).catch(() => undefined);
      const asked = {
        hooks: await hooks(waiter.runId).catch(() => []),
        channels: await channels(waiter.runId).catch(() => []),
      };
      // It may have gone on while it was read.
      if (this.#wanted || mayGoOn(waiter.runId)) return;
      if (run && !isEnded(run.status)) waiter.giveUp(standing(run, asked));
    }
  }
}

interface Asked {
  hooks: readonly string[];
  channels: readonly string[];
}

function standing({ runId, status, problem }: Run, { hooks, channels }: Asked): TimeoutError {
  if (problem) {
    return new TimeoutError(
      `Run "${runId}" cannot go on: ${problem.message} Mend the cause; it is tried again when the clock moves.`,
    );
  }
  if (hooks.length > 0) {
    return new TimeoutError(
      `Run "${runId}" is ${status}, and waits for hook ${listed(hooks)}. Hand it a payload, const [{ token }] = await engine.hooks(runId); await engine.resumeHook(token, payload), or move the clock on, if it waits for a time as well, and ask then.`,
    );
  }
  if (channels.length > 0) {
    return new TimeoutError(
      `Run "${runId}" is ${status}, and waits for a message on channel ${listed(channels)}. Send it one, await engine.send(runId, channel, payload), or move the clock on, if it waits for a time as well, and ask then.`,
    );
  }
  return new TimeoutError(
    `Run "${runId}" is ${status}, and only time can bring it forward: it or one of its steps sleeps, it waits to try a step again, or is to start later. The clock of a test engine moves only when it is told to: await engine.clock.advance("1h"), and ask then.`,
  );
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

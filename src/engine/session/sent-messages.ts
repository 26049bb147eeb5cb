/**
 * The messages that this process has sent for one run, so that none need be sent twice. What is
 * forgotten with its session is at worst sent once more.
 */
export class SentMessages {
  readonly #timers = new Set<number>();
  /** When the message of a task was last sent again. */
  readonly #tasks = new Map<number, number>();
  readonly #claims = new Set<string>();
  /** The children that were asked to stop, by command. */
  readonly #asked = new Set<number>();
  /** The children whose first message was sent, by command. */
  readonly #started = new Set<number>();

  /** Whether the message for a timer was sent. */
  hasTimer(at: number): boolean {
    return this.#timers.has(at);
  }

  /** Takes note of the message for a timer; those for times that are over have come. */
  addTimer(at: number, now: number): void {
    for (const past of this.#timers) if (past < now) this.#timers.delete(past);
    this.#timers.add(at);
  }

  /** When the message of a task was last sent again, if it ever was. */
  taskSentAt(command: number): number | undefined {
    return this.#tasks.get(command);
  }

  /**
   * Takes note of the messages of tasks that were sent again.
   * @param idle every task that nobody holds: what is not among them has begun, or is over.
   */
  addTasks(again: Iterable<number>, idle: ReadonlySet<number>, now: number): void {
    for (const command of this.#tasks.keys()) if (!idle.has(command)) this.#tasks.delete(command);
    for (const command of again) this.#tasks.set(command, now);
  }

  /** Whether the first message of a child was sent. */
  hasStarted(command: number): boolean {
    return this.#started.has(command);
  }

  addStarted(commands: Iterable<number>): void {
    for (const command of commands) this.#started.add(command);
  }

  /** Whether a child was asked to stop. */
  hasAsked(command: number): boolean {
    return this.#asked.has(command);
  }

  addAsked(command: number): void {
    this.#asked.add(command);
  }

  /** Whether a message waits for the end of a claim. */
  hasClaim(id: string): boolean {
    return this.#claims.has(id);
  }

  /**
   * Takes note of the claims for whose end a message was sent.
   * @param live every claim that has not ended: nobody waits for the others any more.
   */
  addClaims(watched: Iterable<string>, live: ReadonlySet<string>): void {
    for (const id of this.#claims) if (!live.has(id)) this.#claims.delete(id);
    for (const id of watched) this.#claims.add(id);
  }
}

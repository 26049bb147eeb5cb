import type { Attempt, News } from "../steps/attempt.ts";

export interface AttemptListener {
  begun(): void;
  lost(): void;
}

/** The attempts of a run that execute in this process, by command. */
export class RunningAttempts {
  readonly #attempts = new Map<number, Attempt>();
  readonly #listeners = new Set<AttemptListener>();

  get size(): number {
    return this.#attempts.size;
  }

  has(command: number): boolean {
    return this.#attempts.has(command);
  }

  /** An attempt executes here until `end`. */
  begin(command: number, attempt: Attempt): void {
    this.#attempts.set(command, attempt);
    for (const { begun } of this.#listeners) begun();
  }

  end(command: number, attempt: Attempt): void {
    if (this.#attempts.get(command) === attempt) this.#attempts.delete(command);
  }

  /** It may go on for ever, but its claim is over: nothing waits for it any more. */
  lose(command: number, attempt: Attempt): void {
    this.end(command, attempt);
    for (const { lost } of this.#listeners) lost();
  }

  /** Is told of this process's attempts. @returns ends that. */
  listen(listener: AttemptListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(news: News): void {
    for (const attempt of this.#attempts.values()) attempt.tell(news);
  }
}

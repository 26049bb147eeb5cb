import type { RunStatus } from "../../core/run.ts";

/** What is known of the run while its attempts execute. */
export interface News {
  cancellation?:
    | { reason?: string | undefined; requestedBy?: string | undefined; requestedAt: number }
    | undefined;
  ended?: RunStatus | undefined;
  /** It goes on in another log, without what executes. */
  continued?: true | undefined;
}

/** An attempt as its run sees it: something to be told of news. */
export interface RunningAttempt {
  tell(news: News): void;
}

export interface AttemptListener {
  begun(): void;
  lost(): void;
}

/** The attempts of a run that execute in this process, by command. */
export class RunningAttempts {
  readonly #attempts = new Map<number, RunningAttempt>();
  readonly #listeners = new Set<AttemptListener>();

  get size(): number {
    return this.#attempts.size;
  }

  has(command: number): boolean {
    return this.#attempts.has(command);
  }

  /** An attempt executes here until `end`. */
  begin(command: number, attempt: RunningAttempt): void {
    this.#attempts.set(command, attempt);
    for (const { begun } of this.#listeners) begun();
  }

  end(command: number, attempt: RunningAttempt): void {
    if (this.#attempts.get(command) === attempt) this.#attempts.delete(command);
  }

  /** It may go on for ever, but its claim is over: nothing waits for it any more. */
  lose(command: number, attempt: RunningAttempt): void {
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

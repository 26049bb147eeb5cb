/** Waiting for a run: a test that waits cannot let its engine run meanwhile. */
import type { AnyWorkflow } from "../authoring/workflow.ts";
import type { CancelAnswer, CancelOptions, Engine, RunHandle } from "../engine/engine.ts";

/** Runs what is due for as long as somebody waits. Time is moved by the test alone. */
export class Driver {
  readonly #runDue: () => Promise<void>;
  #waiting = 0;
  #driving = false;
  #wanted = false;

  constructor(runDue: () => Promise<void>) {
    this.#runDue = runDue;
  }

  async during<Answer>(wait: () => Promise<Answer>): Promise<Answer> {
    this.#waiting += 1;
    this.wake();
    try {
      return await wait();
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Something may be due now. */
  wake(): void {
    if (this.#waiting === 0) return;
    this.#wanted = true;
    if (!this.#driving) void this.#drive();
  }

  async #drive(): Promise<void> {
    this.#driving = true;
    while (this.#wanted) {
      this.#wanted = false;
      // What fails here is found due again when the test lets the engine run.
      await this.#runDue().catch(() => {});
    }
    this.#driving = false;
  }
}

type Waits<W extends AnyWorkflow> = Pick<Engine<W>, "start" | "result" | "cancel" | "cancelAll">;

/** The methods of an engine that wait, or whose answer does, with the engine driven meanwhile. */
export function driven<W extends AnyWorkflow>(engine: Engine<W>, driver: Driver): Waits<W> {
  const { start, result, cancel, cancelAll } = engine;

  const drivenCancel = (runId: string, how?: CancelOptions): Promise<CancelAnswer> =>
    how?.wait ? driver.during(() => cancel(runId, how)) : cancel(runId, how);

  const drivenResult = (...args: Parameters<typeof result>): Promise<unknown> =>
    driver.during(() => result(...args));

  const drivenStart = async (...args: unknown[]): Promise<RunHandle<unknown>> => {
    const handle: RunHandle<unknown> = await Reflect.apply(start, engine, args);
    const { runId } = handle;
    return {
      ...handle,
      result: (how) => drivenResult(runId, how),
      cancel: (how) => drivenCancel(runId, how),
    };
  };

  async function* drivenCancelAll(
    ...[filter, how]: Parameters<typeof cancelAll>
  ): AsyncGenerator<CancelAnswer> {
    const answers = cancelAll(filter, how)[Symbol.asyncIterator]();
    const next = (): Promise<IteratorResult<CancelAnswer>> => answers.next();
    for (;;) {
      const { done, value } = await (how?.wait ? driver.during(next) : next());
      if (done) return;
      yield value;
    }
  }

  return {
    start: drivenStart as Waits<W>["start"],
    result: drivenResult as Waits<W>["result"],
    cancel: drivenCancel,
    cancelAll: drivenCancelAll,
  };
}

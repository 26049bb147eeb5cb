/** Waiting for a run: a test that waits cannot let its engine run meanwhile. */
import type { AnyWorkflow } from "../authoring/workflow.ts";
import { TimeoutError } from "../core/errors.ts";
import { isEnded } from "../core/run.ts";
import type { CancelAnswer, CancelOptions, Engine, RunHandle } from "../engine/engine.ts";
import type { Driver } from "./driver.ts";

type Waits<W extends AnyWorkflow> = Pick<
  Engine<W>,
  "start" | "waitForEnd" | "result" | "cancel" | "cancelAll"
>;

/** The methods of an engine that wait, or whose answer does, with the engine driven meanwhile. */
export function driven<W extends AnyWorkflow>(engine: Engine<W>, driver: Driver): Waits<W> {
  const { start, waitForEnd, result, cancel, cancelAll } = engine;

  const drivenCancel = (runId: string, how?: CancelOptions): Promise<CancelAnswer> =>
    how?.wait ? driver.during(runId, () => cancel(runId, how)) : cancel(runId, how);

  const drivenResult = (...[run, how]: Parameters<typeof result>): Promise<unknown> =>
    driver.during(typeof run === "string" ? run : run.runId, () => result(run, how));

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
    let late: TimeoutError | undefined;
    for await (const answer of cancelAll(filter, { ...how, wait: false })) {
      if (!how?.wait || isEnded(answer.status)) {
        yield answer;
        continue;
      }
      try {
        const { status } = await drivenCancel(answer.runId, how);
        yield { ...answer, status };
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        late ??= error;
      }
    }
    if (late) throw late;
  }

  return {
    start: drivenStart as Waits<W>["start"],
    waitForEnd: (runId, how) => driver.during(runId, () => waitForEnd(runId, how)),
    result: drivenResult as Waits<W>["result"],
    cancel: drivenCancel,
    cancelAll: drivenCancelAll,
  };
}

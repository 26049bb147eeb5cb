/** Waiting for the end of a run: the app keeps a request for so long, then it is made again. */
import { type Duration, toMillis } from "../../core/duration.ts";
import { TimeoutError } from "../../core/errors.ts";
import type { RunStatus } from "../../core/run.ts";
import type { RunEnd, WaitOptions } from "../../engine/engine.ts";
import { placeOf } from "../protocol/address.ts";
import { LONGEST_WAIT_MS } from "../protocol/longest-wait.ts";
import type { CallOptions } from "./client.ts";
import { type Means, send, successOf } from "./transport.ts";

/** How long to wait at most, from when this was made. */
export interface Wait {
  signal: AbortSignal | undefined;
  totalMs: number;
  leftMs(): number;
}

/** @param timeout none waits for as long as it takes. */
export function waitUntil(timeout: Duration | undefined, signal: AbortSignal | undefined): Wait {
  const totalMs = timeout === undefined ? Number.POSITIVE_INFINITY : toMillis(timeout, "timeout");
  const deadline = performance.now() + totalMs;
  return { signal, totalMs, leftMs: () => Math.max(0, deadline - performance.now()) };
}

/** @throws RunNotFoundError; TimeoutError, after which the run goes on. */
export async function endOf(means: Means, runId: string, wait: Wait): Promise<RunEnd> {
  const { path, query } = placeOf("/runs/{runId}/result", { runId });
  for (;;) {
    const timeout = Math.ceil(Math.min(wait.leftMs(), LONGEST_WAIT_MS));
    const answer = await send(means, {
      method: "GET",
      path,
      query: { ...query, timeout },
      repeatable: true,
      waitMs: timeout,
      signal: wait.signal,
    });
    if (answer.error?.code !== "timeout") return successOf<RunEnd>(answer);
    if (wait.leftMs() > 0) continue;
    const { status } = answer.value as { status?: RunStatus };
    throw new TimeoutError(
      `Run "${runId}" did not end within ${wait.totalMs} ms${status ? `; it is ${status}` : ""}. It goes on: wait longer, or ask for its status later.`,
    );
  }
}

/** The output of a run, once it has ended. @throws the run's error; TimeoutError. */
export async function resultOf(
  means: Means,
  runId: string,
  { timeout, signal }: WaitOptions & CallOptions,
): Promise<unknown> {
  const end = await endOf(means, runId, waitUntil(timeout, signal));
  if ("error" in end) throw end.error;
  return end.output;
}

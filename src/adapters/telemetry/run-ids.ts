/**
 * The ids of a run's trace and of the span that stands for the run. They follow from the run alone,
 * so that any number of functions add to one trace and nothing is stored for it.
 *
 * A tracer makes its ids itself, unless its SDK asks a generator for them. So the generator below
 * stands between: while a run's own span is started, and only then, it gives out the run's ids.
 */
import { createHash, randomBytes } from "node:crypto";
import type { ObservedRun } from "../../ports/observer.ts";

export interface RunIds {
  traceId: string;
  spanId: string;
}

/** As the SDKs of OpenTelemetry declare it. */
export interface IdGenerator {
  generateTraceId(): string;
  generateSpanId(): string;
}

export function idsOf({ incarnation }: Pick<ObservedRun, "incarnation">): RunIds {
  const digest = createHash("sha256").update(incarnation).digest("hex");
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

interface Pinned {
  /** Whether some SDK in this process has the generator. */
  used: boolean;
  traceId?: string | undefined;
  spanId?: string | undefined;
}

/** An SDK and an engine may have come with a copy of this file each. */
const KEY = Symbol.for("detent.telemetry.ids");
const shared = globalThis as { [KEY]?: Pinned };
shared[KEY] ??= { used: false };
const pinned: Pinned = shared[KEY];

const atRandom: IdGenerator = {
  generateTraceId: () => randomBytes(16).toString("hex"),
  generateSpanId: () => randomBytes(8).toString("hex"),
};

/**
 * A generator of ids for an OpenTelemetry SDK: with it, the span of a run is the root of its trace.
 *
 * @param otherwise makes the ids of all other spans. Default: at random.
 * @example
 * new NodeSDK({ idGenerator: createIdGenerator(), traceExporter }).start();
 */
export function createIdGenerator(otherwise: IdGenerator = atRandom): IdGenerator {
  pinned.used = true;
  const take = (id: "traceId" | "spanId"): string | undefined => {
    const taken = pinned[id];
    pinned[id] = undefined;
    return taken;
  };
  return {
    generateTraceId: () => take("traceId") ?? otherwise.generateTraceId(),
    generateSpanId: () => take("spanId") ?? otherwise.generateSpanId(),
  };
}

/** Starts a span that gets these ids, if an SDK has the generator; otherwise does nothing. */
export function withIds<Span>(ids: RunIds, start: () => Span): Span | undefined {
  if (!pinned.used) return undefined;
  Object.assign(pinned, ids);
  try {
    return start();
  } finally {
    pinned.traceId = undefined;
    pinned.spanId = undefined;
  }
}

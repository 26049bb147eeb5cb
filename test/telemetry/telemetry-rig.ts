/** OpenTelemetry's own SDK, with what it exports in memory: what a process of an application has. */
import { context, type TracerProvider } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  type DataPoint,
  type Histogram,
  MeterProvider,
  MetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createIdGenerator, createTelemetry } from "../../src/adapters/telemetry/index.ts";
import type { Observer } from "../../src/engine/index.ts";

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

export interface TelemetryRig {
  observer: Observer;
  provider: TracerProvider;
  /** The spans that were exported. */
  spans(): ReadableSpan[];
  /** What the instruments say: `detent.runs.ended{order,completed}` and a count, or a sum of seconds. */
  counts(): Promise<Record<string, number>>;
  sums(): Promise<Record<string, number>>;
  /** The attributes that measurements have. */
  attributes(): Promise<Set<string>>;
}

export interface RigOptions {
  /** Whether the SDK has its ids from `createIdGenerator`. Default true. */
  ids?: boolean;
  sampler?: Sampler;
}

export function createTelemetryRig({ ids = true, sampler }: RigOptions = {}): TelemetryRig {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    ...(ids && { idGenerator: createIdGenerator() }),
    ...(sampler && { sampler }),
  });
  const reader = new Reader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  return {
    observer: createTelemetry({ tracerProvider: provider, meterProvider }),
    provider,
    spans: () => exporter.getFinishedSpans(),
    counts: () => reader.read(({ value }) => (typeof value === "number" ? value : value.count)),
    sums: () => reader.read(({ value }) => (typeof value === "number" ? value : (value.sum ?? 0))),
    async attributes() {
      const { resourceMetrics } = await reader.collect();
      const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      const points = metrics.flatMap(({ dataPoints }): DataPoint<unknown>[] => dataPoints);
      return new Set(points.flatMap(({ attributes }) => Object.keys(attributes)));
    },
  };
}

type Point = Pick<DataPoint<number | Histogram>, "value">;

class Reader extends MetricReader {
  protected async onShutdown(): Promise<void> {}
  protected async onForceFlush(): Promise<void> {}

  async read(numberOf: (point: Point) => number): Promise<Record<string, number>> {
    const { resourceMetrics } = await this.collect();
    const read: Record<string, number> = {};
    for (const { metrics } of resourceMetrics.scopeMetrics) {
      for (const { descriptor, dataPoints } of metrics) {
        for (const { attributes, value } of dataPoints) {
          const values = Object.values(attributes).join(",");
          read[`${descriptor.name}{${values}}`] = numberOf({ value } as Point);
        }
      }
    }
    return read;
  }
}

/** Spans as a tree to read, in the order of their starts and names: `step charge #1 failed`. */
export function treeOf(spans: readonly ReadableSpan[]): string[] {
  const known = new Set(spans.map((span) => span.spanContext().spanId));
  const started = [...spans].sort(
    (a, b) => timeOf(a) - timeOf(b) || (lineOf(a) < lineOf(b) ? -1 : 1),
  );
  const under = (parent: string | undefined, indent: string): string[] =>
    started
      .filter(({ parentSpanContext }) =>
        parent === undefined
          ? !known.has(parentSpanContext?.spanId ?? "")
          : parentSpanContext?.spanId === parent,
      )
      .flatMap((span) => [
        `${indent}${lineOf(span)}`,
        ...under(span.spanContext().spanId, `${indent}  `),
      ]);
  return under(undefined, "");
}

function lineOf({ name, attributes }: ReadableSpan): string {
  const attempt = attributes["detent.step.attempt"];
  const ended = attributes["detent.step.outcome"] ?? attributes["detent.run.status"];
  return [name, attempt === undefined ? undefined : `#${attempt}`, ended]
    .filter((part) => part !== undefined)
    .join(" ");
}

export function timeOf({ startTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1000 + nanos / 1e6;
}

export function endOf({ endTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1000 + nanos / 1e6;
}

export function onlySpan(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const [span, ...others] = spans.filter((each) => each.name === name);
  if (!span || others.length > 0)
    throw new Error(`${others.length + Number(!!span)} spans ${name}`);
  return span;
}

/** For apps whose callers are not to learn where the files of its server lie. */
import type { ErrorSummary } from "../core/error-summary.ts";
import { isError } from "../core/thrown.ts";
import type { Engine } from "../engine/engine.ts";

/** The engine as such an app reads it: no error that it tells of has a stack, nor has any in a value. */
export function hidingStacks(engine: Engine): Engine {
  return {
    ...engine,
    async getRun(...asked) {
      const run = withoutStacks(await engine.getRun(...asked));
      dropFrom(run.error);
      return run;
    },
    async listRuns(...asked) {
      const page = await engine.listRuns(...asked);
      for (const { error } of page.runs) dropFrom(error);
      return page;
    },
    getEvents: async (...asked) => withoutStacks(await engine.getEvents(...asked)),
    waitForEnd: async (...asked) => withoutStacks(await engine.waitForEnd(...asked)),
    async result<Out>(...asked: Parameters<Engine["result"]>): Promise<Out> {
      try {
        return withoutStacks(await engine.result<Out>(asked[0] as string, asked[1]));
      } catch (error) {
        throw withoutStacks(error);
      }
    },
  };
}

function dropFrom(summary: ErrorSummary | undefined): void {
  for (let each = summary; each; each = each.cause) delete each.stack;
}

/** What an engine tells is the caller's own copy. */
function withoutStacks<T>(told: T): T {
  const seen = new Set<object>();
  const left: unknown[] = [told];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isError(value)) Reflect.deleteProperty(value, "stack");
    for (const part of partsOf(value)) left.push(part);
  }
  return told;
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value)) return [];
  const parts = Object.values(value);
  return isError(value) ? [...parts, value.cause, Reflect.get(value, "errors")] : parts;
}

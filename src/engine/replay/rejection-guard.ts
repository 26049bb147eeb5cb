/**
 * Keeps rejections that the engine causes from bringing the process down.
 *
 * In `const p = helper(); await other(); await p;` the promise `p` may be rejected by a
 * cancellation while nobody awaits it yet. Node reports that as an unhandled rejection. The guard
 * holds back such reports for errors that a replay delivered, and leaves all others as they were.
 */
import { errorsIn } from "../../core/causes.ts";

const KEY = Symbol.for("detent.rejections");
const shared = globalThis as { [KEY]?: WeakSet<object> };

function delivered(): WeakSet<object> {
  if (shared[KEY]) return shared[KEY];
  const errors = new WeakSet<object>();
  shared[KEY] = errors;
  // The language and the code wrap them: `Promise.any`, `new Error(…, { cause })`.
  const isOurs = (reason: unknown): boolean =>
    errorsIn(reason).some((each) => typeof each === "object" && each !== null && errors.has(each));
  install(isOurs);
  return errors;
}

/** Marks an error as delivered by the engine to workflow code. */
export function guard<E extends Error>(error: E): E {
  delivered().add(error);
  return error;
}

type EventHost = {
  addEventListener?: (
    type: "unhandledrejection",
    listener: (event: { reason: unknown; preventDefault(): void }) => void,
  ) => void;
};

function install(isOurs: (reason: unknown) => boolean): void {
  if (typeof process === "object" && typeof process.emit === "function") {
    if (process.versions["bun"] === undefined) guardReports(isOurs);
    else listen(isOurs);
  }
  (globalThis as EventHost).addEventListener?.("unhandledrejection", (event) => {
    if (isOurs(event.reason)) event.preventDefault();
  });
}

/** Not a listener: one listener more would change what happens to everybody else's rejections. */
function guardReports(isOurs: (reason: unknown) => boolean): void {
  const emit = process.emit as (event: string, ...args: unknown[]) => boolean;
  const heldBack = new WeakSet<object>();
  process.emit = function guarded(this: typeof process, event: string, ...args: unknown[]) {
    const [subject, promise] = args;
    if (event === "unhandledRejection" && isOurs(subject)) {
      if (promise instanceof Promise) heldBack.add(promise);
      return true;
    }
    // Node would warn that a rejection was handled late which it had reported before.
    if (event === "rejectionHandled" && heldBack.has(subject as object)) return true;
    return Reflect.apply(emit, this, [event, ...args]);
  } as typeof process.emit;
}

/**
 * Bun reports past `process.emit`, to listeners only. This one gives back what is not the engine's
 * and what nobody else listens for: rejected once more without it, it meets what Bun does by itself.
 */
function listen(isOurs: (reason: unknown) => boolean): void {
  const event = "unhandledRejection";
  const listener = (reason: unknown): void => {
    if (isOurs(reason) || process.listenerCount(event) > 1) return;
    process.off(event, listener);
    void Promise.reject(reason);
    setImmediate(() => process.on(event, listener));
  };
  process.on(event, listener);
}

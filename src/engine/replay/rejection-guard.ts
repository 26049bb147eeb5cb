/**
 * Keeps rejections that the engine causes from bringing the process down.
 *
 * In `const p = helper(); await other(); await p;` the promise `p` may be rejected by a
 * cancellation while nobody awaits it yet. Node reports that as an unhandled rejection. The guard
 * holds back such reports for errors that the engine hands to the user's code, in workflows and in
 * steps, and leaves all others as they were.
 */
import { errorsIn } from "../../core/causes.ts";
import { textIn } from "../../core/thrown.ts";
import { guardBunReports } from "./bun-reports.ts";

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

/** Marks an error as one that the engine hands to the user's code. */
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
    else guardBunReports(isOurs);
  }
  (globalThis as EventHost).addEventListener?.("unhandledrejection", (event) => {
    if (isOurs(event.reason)) event.preventDefault();
  });
}

/**
 * Stands between Node and those whom it tells of rejections, in each mode that
 * `--unhandled-rejections` has. Not a listener: one listener more would change what happens to
 * everybody else's rejections.
 */
function guardReports(isOurs: (reason: unknown) => boolean): void {
  const emit = process.emit as (event: string, ...args: unknown[]) => boolean;
  const heldBack = new WeakSet<object>();
  const reported = guardWarnings(isOurs);

  const holdsBack = (event: string, [subject, second]: unknown[]): boolean => {
    switch (event) {
      case "unhandledRejection": {
        const isHeldBack = reported(subject);
        if (isHeldBack && second instanceof Promise) heldBack.add(second);
        return isHeldBack;
      }
      // Node would warn that a rejection was handled late which it had reported before.
      case "rejectionHandled":
        return heldBack.has(subject as object);
      // In the mode `strict`, a rejection is an exception first.
      case "uncaughtExceptionMonitor":
      case "uncaughtException":
        return second === "unhandledRejection" && isOurs(subject);
      default:
        return false;
    }
  };
  process.emit = function guarded(this: typeof process, event: string, ...args: unknown[]) {
    return holdsBack(event, args) || Reflect.apply(emit, this, [event, ...args]);
  } as typeof process.emit;
}

/**
 * In the mode `warn`, a rejection that was reported is warned of at once, whoever was told.
 * @returns is told of each report; answers whether it is of one of ours.
 */
function guardWarnings(isOurs: (reason: unknown) => boolean): (reason: unknown) => boolean {
  const { emitWarning } = process;
  let isReportOurs = false;
  process.emitWarning = function guarded(this: typeof process, ...args: unknown[]) {
    const [warning, kind] = args;
    const name = textIn(warning, "name") ?? kind;
    if (isReportOurs && name === "UnhandledPromiseRejectionWarning") return;
    Reflect.apply(emitWarning, this, args);
  } as typeof process.emitWarning;
  return (reason) => {
    isReportOurs = isOurs(reason);
    return isReportOurs;
  };
}

/**
 * Rejections as Bun reports them: past `process.emit` and `process.emitWarning`, to listeners alone,
 * and in each mode of `--unhandled-rejections` otherwise. Whoever else listens for rejections or
 * exceptions hears of the engine's too; but nothing ends, and nothing is printed.
 */
import { textIn } from "../../core/thrown.ts";

type IsOurs = (reason: unknown) => boolean;

const REJECTION = "unhandledRejection";
const EXCEPTION = "uncaughtException";
const FLAG = "--unhandled-rejections";

/** Holds back what Bun does about rejections that are the engine's. */
export function guardBunReports(isOurs: IsOurs): void {
  const mode = modeIn(process.execArgv);
  const heldBack = new WeakSet<object>();
  const holdBack = (promise: object): void => {
    heldBack.add(promise);
    if (mode !== "warn") return;
    // Two follow in the next ticks: what was rejected, and what a rejection is.
    process.nextTick(() => unheard.drop("UnhandledPromiseRejectionWarning", 2));
  };
  if (mode === "strict") holdBackExceptions(isOurs, holdBack);
  else holdBackReports(isOurs, holdBack, mode !== "warn");
  // It is warned of a second time when somebody awaits it at last.
  process.on("rejectionHandled", (promise) => {
    if (heldBack.has(promise)) unheard.drop("PromiseRejectionHandledWarning", 1);
  });
}

/** What the command line says, in one word or two; the last one counts. */
function modeIn(args: readonly string[]): string | undefined {
  const at = args.findLastIndex((arg) => arg === FLAG || arg.startsWith(`${FLAG}=`));
  return args[at] === FLAG ? args[at + 1] : args[at]?.slice(FLAG.length + 1);
}

/**
 * A report that somebody listens to has no other effect, but for warnings in the mode `warn`. So what
 * is not the engine's and what nobody else listens for is given back: rejected once more without this
 * listener, it meets what Bun does by itself.
 */
function holdBackReports(
  isOurs: IsOurs,
  holdBack: (promise: object) => void,
  givesBack: boolean,
): void {
  const listener = (reason: unknown, promise: object): void => {
    if (isOurs(reason)) holdBack(promise);
    if (isOurs(reason) || !givesBack || process.listenerCount(REJECTION) > 1) return;
    process.off(REJECTION, listener);
    void Promise.reject(reason);
    setImmediate(() => process.on(REJECTION, listener));
  };
  process.on(REJECTION, listener);
}

/**
 * In the mode `strict` a rejection is an exception first, which ends the process unless somebody
 * listens, and then a report, which is warned of unless somebody listens.
 */
function holdBackExceptions(isOurs: IsOurs, holdBack: (promise: object) => void): void {
  const listener = (error: unknown, origin: string): void => {
    if (origin === REJECTION && isOurs(error)) {
      process.once(REJECTION, (_, promise) => holdBack(promise));
    } else if (process.listenerCount(EXCEPTION) === 1) {
      process.off(EXCEPTION, listener);
      process.nextTick(() => {
        throw error;
      });
    }
  };
  process.on(EXCEPTION, listener);
}

/**
 * Warnings that nobody is to hear. Bun's own printing of them is one listener among the others: until
 * all that is queued was told, one listener stands for all, and hands on what is not to be dropped.
 */
const unheard = {
  counts: new Map<string, number>(),

  drop(name: string, count: number): void {
    if (this.counts.size === 0) this.standFor(process.rawListeners("warning"));
    this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  },

  standFor(listeners: readonly unknown[]): void {
    const only = (warning: unknown): void => {
      const name = textIn(warning, "name") ?? "";
      const count = this.counts.get(name) ?? 0;
      if (count > 0) this.counts.set(name, count - 1);
      else for (const each of listeners) Reflect.apply(each as () => void, process, [warning]);
    };
    process.removeAllListeners("warning");
    process.on("warning", only);
    setImmediate(() => {
      this.counts.clear();
      process.off("warning", only);
      for (const each of listeners) process.on("warning", each as () => void);
    });
  },
};

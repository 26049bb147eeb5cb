/**
 * What runs in the process of a function instance: loads the bundle, and hands it one event after
 * the other. It is given to Node as text, so it imports nothing but types.
 */
import type { InstanceNotice, Invocation } from "./instance.ts";

const [bundle = "", name = "", skew = "0"] = process.argv.slice(1);
const skewMs = Number(skew);

// Whoever writes to its environment at run time relies on something that is gone with the process.
process.env = Object.freeze({ ...process.env });

/** The clock of this instance, if it disagrees with the others. */
const RealDate = Date;
if (skewMs !== 0) {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, asked) =>
      Reflect.construct(target, given.length === 0 ? [target.now() + skewMs] : given, asked),
    get: (target, key) =>
      key === "now" ? () => target.now() + skewMs : Reflect.get(target, key, target),
  });
}

const tell = (notice: InstanceNotice): void => void process.send?.(notice);

process.once("disconnect", () => process.exit());
const handler: unknown = Reflect.get(await import(bundle), name);
if (typeof handler !== "function") throw new Error(`${bundle} exports no function "${name}".`);

process.on("message", async ({ id, event, context }: Invocation) => {
  const { deadline, ...rest } = context;
  const getRemainingTimeInMillis = () => Math.max(0, deadline - RealDate.now());
  try {
    const answer: unknown = await handler(event, { ...rest, getRemainingTimeInMillis });
    // Text, so that it is what JSON makes of it wherever the answer goes.
    tell({ id, answer: JSON.stringify(answer ?? null) });
  } catch (thrown) {
    const error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    tell({ id, error });
  }
});
tell({ ready: true });

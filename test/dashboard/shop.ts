/** Workflows for the page to show, whose steps last until they are let go. */
import * as z from "zod/mini";
import { isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";

export interface Gate {
  /** Resolves once something has come to it. */
  readonly reached: Promise<void>;
  /** Lets through what waits, and whatever comes later. */
  open(): void;
  pass(): Promise<void>;
}

function createGate(): Gate {
  const reached = resolvable();
  const opened = resolvable();
  return {
    reached: reached.promise,
    open: opened.resolve,
    pass: () => {
      reached.resolve();
      return opened.promise;
    },
  };
}

function resolvable(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export interface Shop {
  workflows: ReturnType<typeof createWorkflows>;
  charging: Gate;
  refunding: Gate;
}

export function createShop(): Shop {
  const charging = createGate();
  const refunding = createGate();
  return { charging, refunding, workflows: createWorkflows(charging, refunding) };
}

function createWorkflows(charging: Gate, refunding: Gate) {
  const failedFor = new Set<string>();
  const reserve = step(
    "reserve_inventory",
    async (orderId: string) => {
      if (!failedFor.has(orderId)) {
        failedFor.add(orderId);
        throw new Error("The warehouse did not answer");
      }
      return { shelf: "B-12", units: 3 };
    },
    { backoff: { initial: "60ms", jitter: false } },
  );
  const charge = step("charge_card", async (orderId: string) => {
    await charging.pass();
    return { orderId, amount: "42.00 EUR" };
  });
  const ship = step("ship_parcel", async () => "shipped");
  const release = step("release_inventory", async () => "released");
  const refund = step("refund_card", async () => {
    await refunding.pass();
    return "refunded";
  });

  const order = workflow(
    "order",
    async ({ orderId }) => {
      try {
        await reserve(orderId);
        await sleep("40ms");
        await charge(orderId);
        await ship();
        return { orderId, status: "shipped" };
      } catch (error) {
        if (isCancellation(error)) {
          await shield(async () => {
            await release();
            await refund();
          });
        }
        throw error;
      }
    },
    { input: z.object({ orderId: z.string().check(z.minLength(1)) }) },
  );
  const nap = workflow("nap", async () => {
    await sleep("1h");
  });
  const breaks = workflow("breaks", async () => {
    await step("print_label", () => Promise.reject(new Error("Out of <b>paper</b>")), {
      retries: 0,
    })();
  });
  /** Waits for something that no replay can wait for. */
  const stuck = workflow("stuck", async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await sleep("1h");
  });
  const report = workflow("report", async (input) => input, {
    input: z.object({
      title: z.string().check(z.minLength(3)),
      copies: z.int().check(z.gte(1), z.lte(9)),
      format: z.enum(["pdf", "html"]),
      urgent: z.optional(z.boolean()),
      readers: z.array(z.email()),
      cover: z.optional(z.object({ color: z.string(), year: z.optional(z.number()) })),
      notes: z.optional(z.unknown()),
    }),
  });
  return [order, nap, breaks, stuck, report] as const;
}

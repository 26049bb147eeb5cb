import * as z from "zod/mini";
import {
  channel,
  continueAsNew,
  getContext,
  isCancellation,
  shield,
  step,
  TimeoutError,
  workflow,
} from "../../src/index.ts";

const Plan = z.enum(["basic", "pro"]);
type Plan = z.infer<typeof Plan>;

/** What the customer asks for meanwhile; it holds from the next month on. */
export const upgrade = channel("upgrade", z.object({ plan: Plan }));
export const cancelAtPeriodEnd = channel("cancel-at-period-end");

const charge = step("charge", async (customer: string, plan: Plan) => {
  const { idempotencyKey } = getContext();
  return `${plan} of ${customer} (${idempotencyKey})`;
});
const refund = step("refund", async (customer: string) => `month of ${customer}`);
const sayGoodbye = step("say_goodbye", async (customer: string) => customer);

const MONTH = "30d";

/** The message that comes within a month, or nothing when it is over. */
async function withinMonth<T>(receive: () => Promise<T>): Promise<T | undefined> {
  try {
    return await receive();
  } catch (error) {
    if (error instanceof TimeoutError) return undefined;
    throw error;
  }
}

/**
 * Charges, waits a month and goes on as new, for years: each month has a log of its own. Cancelled in the
 * middle of a month, that month is given back.
 */
export const subscription = workflow(
  "subscription",
  async ({ customer, plan, month }) => {
    await charge(customer, plan);
    try {
      const [upgraded, left] = await Promise.all([
        withinMonth(() => upgrade.receive({ timeout: MONTH })),
        withinMonth(async () => {
          await cancelAtPeriodEnd.receive({ timeout: MONTH });
          return true;
        }),
      ]);
      if (left) {
        await sayGoodbye(customer);
        return { customer, months: month };
      }
      return await continueAsNew({ customer, plan: upgraded?.plan ?? plan, month: month + 1 });
    } catch (error) {
      if (isCancellation(error)) await shield(() => refund(customer));
      throw error;
    }
  },
  {
    input: z.object({ customer: z.string(), plan: Plan, month: z._default(z.number(), 1) }),
    channels: [upgrade, cancelAtPeriodEnd],
  },
);

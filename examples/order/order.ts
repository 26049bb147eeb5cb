import * as z from "zod/mini";
import { getContext, isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";

/** How long the shop's systems take to answer, in milliseconds. */
const ANSWER_MS = { warehouse: 300, payments: 1_000, carrier: 300 };

/** One call of a system of the shop. The idempotency key lets it recognise a repeated attempt. */
async function call(system: keyof typeof ANSWER_MS, orderId: string): Promise<string> {
  const { idempotencyKey } = getContext();
  await sleep(ANSWER_MS[system]);
  return `${system} ${orderId} (${idempotencyKey})`;
}

const reserve = step("reserve", (orderId: string) => call("warehouse", orderId));
const charge = step("charge", (orderId: string) => call("payments", orderId));
const ship = step("ship", (orderId: string) => call("carrier", orderId));
const release = step("release", (orderId: string) => call("warehouse", orderId));
const refund = step("refund", (orderId: string) => call("payments", orderId));

/** Reserves, charges and ships an order. Cancelled on the way, it gives everything back. */
export const order = workflow(
  "order",
  async ({ orderId }) => {
    try {
      await reserve(orderId);
      await charge(orderId);
      await ship(orderId);
      return { orderId, status: "shipped" };
    } catch (error) {
      if (isCancellation(error)) {
        await shield(async () => {
          await release(orderId);
          await refund(orderId);
        });
      }
      throw error;
    }
  },
  { input: z.object({ orderId: z.string().check(z.minLength(1)) }) },
);

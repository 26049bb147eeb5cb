import * as z from "zod/mini";
import {
  ChildFailedError,
  child,
  getContext,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";

/** How long the systems of the shop take to answer, in milliseconds. */
const ANSWER_MS = { payments: 1_000, depot: 500, carrier: 300 };

/** One call of a system. The idempotency key lets it recognise a repeated attempt. */
async function call(system: keyof typeof ANSWER_MS, what: string): Promise<string> {
  const { idempotencyKey } = getContext();
  await sleep(ANSWER_MS[system]);
  return `${what} (${idempotencyKey})`;
}

const charge = step("charge", (orderId: string) => call("payments", orderId));
const refund = step("refund", (orderId: string) => call("payments", orderId));
const pack = step("pack", (orderId: string) => call("depot", orderId));
const unpack = step("unpack", (orderId: string) => call("depot", orderId));
const handOver = step("hand_over", (orderId: string) => call("carrier", orderId));
const sendInvoice = step("send_invoice", (orderId: string) => call("payments", orderId));

const input = z.object({ orderId: z.string().check(z.minLength(1)) });

/** Packs a parcel and hands it to the carrier, who comes within the day. Stopped before, it is unpacked. */
export const shipment = workflow(
  "shipment",
  async ({ orderId }) => {
    await pack(orderId);
    try {
      await sleep("1d");
      return { parcel: await handOver(orderId) };
    } catch (error) {
      await shield(() => unpack(orderId));
      throw error;
    }
  },
  { input },
);

/** Goes on by itself, whatever becomes of the order: what was charged is invoiced. */
export const invoice = workflow(
  "invoice",
  async ({ orderId }) => {
    await sleep("2d");
    await sendInvoice(orderId);
  },
  { input },
);

/** Charges, ships as a run of its own, and gives the money back if nothing was shipped. */
export const fulfilment = workflow(
  "fulfilment",
  async ({ orderId }) => {
    await charge(orderId);
    await child(invoice, { orderId }, { onParentEnd: "abandon" });
    try {
      const parcel = await child(shipment, { orderId }, { tags: [orderId] });
      return { orderId, status: "shipped", ...(await parcel.result()) };
    } catch (error) {
      await shield(() => refund(orderId));
      if (error instanceof ChildFailedError && !isCancellation(error)) {
        return { orderId, status: "not shipped", because: error.status };
      }
      throw error;
    }
  },
  { input },
);

import * as z from "zod/mini";
import {
  child,
  getContext,
  HookTimeoutError,
  hook,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";

/** How long the systems of the agency's partners take to answer, in milliseconds. */
const ANSWER_MS = { airline: 2_000, hotel: 1_000, cars: 500, post: 200 };

/** One call of a partner. The idempotency key lets it recognise a repeated attempt. */
async function call(partner: keyof typeof ANSWER_MS, what: string): Promise<string> {
  const { idempotencyKey } = getContext();
  await sleep(ANSWER_MS[partner]);
  return `${what} (${idempotencyKey})`;
}

const holdSeat = step("hold_seat", (trip: string) => call("airline", `seat of ${trip}`));
const issueTicket = step("issue_ticket", (trip: string) => call("airline", `ticket of ${trip}`));
const giveBackSeat = step("give_back_seat", (seat: string) => call("airline", seat));
const bookRoom = step("book_room", (trip: string) => call("hotel", `room of ${trip}`));
const cancelRoom = step("cancel_room", (room: string) => call("hotel", room));
const rentCar = step("rent_car", (trip: string) => call("cars", `car of ${trip}`));
const returnCar = step("return_car", (car: string) => call("cars", car));
const askTraveller = step("ask_traveller", (mail: { trip: string; token: string }) =>
  call("post", mail.trip),
);

const input = z.object({ trip: z.string().check(z.minLength(1)) });

/** A seat that is held, and a ticket once the fare has settled. What is held is given back. */
export const flight = workflow(
  "flight",
  async ({ trip }) => {
    const seat = await holdSeat(trip);
    try {
      await sleep("1m");
      return { seat, ticket: await issueTicket(trip) };
    } catch (error) {
      await shield(() => giveBackSeat(seat));
      throw error;
    }
  },
  { input },
);

export const hotel = workflow(
  "hotel",
  async ({ trip }) => {
    const room = await bookRoom(trip);
    try {
      // Until the house has confirmed it, the room may be given back.
      await sleep("5m");
      return { room };
    } catch (error) {
      await shield(() => cancelRoom(room));
      throw error;
    }
  },
  { input },
);

const Answer = z.object({ approved: z.boolean() });

/**
 * Rents a car, has the traveller approve the price within two days, and then books flight and hotel side
 * by side, each a run of its own. Cancelled anywhere, refused, or without an answer, nothing is left booked.
 */
export const trip = workflow(
  "trip",
  async ({ trip }) => {
    const car = await rentCar(trip);
    try {
      const approval = hook("approval", { schema: Answer, timeout: "2d" });
      await askTraveller({ trip, token: approval.token });
      const { approved } = await approval;
      if (!approved) {
        await returnCar(car);
        return { trip, status: "refused" };
      }
      const parts = await Promise.all([child(flight, { trip }), child(hotel, { trip })]);
      const [{ ticket }, { room }] = await Promise.all([parts[0].result(), parts[1].result()]);
      return { trip, status: "booked", car, ticket, room };
    } catch (error) {
      await shield(() => returnCar(car));
      if (error instanceof HookTimeoutError) return { trip, status: "expired" };
      if (isCancellation(error)) throw error;
      return { trip, status: "failed" };
    }
  },
  { input },
);

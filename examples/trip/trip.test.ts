import { describe, expect, it } from "vitest";
import { createTestEngine } from "../../src/testing/index.ts";
import { expectRecorded, stepsOf } from "../recorded.ts";
import { flight, hotel, trip } from "./trip.ts";

const log = (name: string) => new URL(`logs/${name}.json`, import.meta.url);

/** A trip that has come so far, in time since the traveller has approved it; or has not been asked yet. */
async function begin({ approved = true } = {}) {
  const engine = createTestEngine({ workflows: [trip, flight, hotel] });
  const { runId } = await engine.start(trip, { trip: "T-1" }, { runId: "trip-1" });
  await engine.clock.advance("10s");
  const [hook] = await engine.hooks(runId);
  const answer = () => engine.resumeHook(hook?.token ?? "", { approved });
  return { engine, runId, answer };
}

describe("a trip", () => {
  it("is booked once the traveller has approved it", async () => {
    const { engine, runId, answer } = await begin();
    await engine.clock.advance("1d");
    await answer();
    await engine.clock.advance("10m");
    expect(await engine.result(runId)).toMatchObject({ status: "booked" });
    const { runs } = await engine.children(runId);
    expect(runs.map(({ workflow, status }) => [workflow, status])).toEqual([
      ["flight", "completed"],
      ["hotel", "completed"],
    ]);
    await expectRecorded(engine, { runId, workflow: trip }, log("booked"));
  });

  it.each([
    ["refused", async ({ answer }: Awaited<ReturnType<typeof begin>>) => void (await answer())],
    ["expired", async () => {}],
  ])("that is %s books nothing, and its car is given back", async (status, act) => {
    const begun = await begin({ approved: false });
    const { engine, runId } = begun;
    await act(begun);
    await engine.clock.advance("3d");
    expect(await engine.result(runId)).toMatchObject({ status });
    expect(await stepsOf(engine, runId)).toEqual(["rent_car", "ask_traveller", "return_car"]);
    expect((await engine.children(runId)).runs).toEqual([]);
    await expectRecorded(engine, { runId, workflow: trip }, log(status));
  });

  const cancel = { reason: "The traveller is ill", requestedBy: "alice" };

  it("that is cancelled before the answer gives its car back, and nothing else was booked", async () => {
    const { engine, runId, answer } = await begin();
    await engine.cancel(runId, cancel);
    await engine.clock.advance("10s");
    expect(await stepsOf(engine, runId)).toEqual(["rent_car", "ask_traveller", "return_car"]);
    await expect(answer()).rejects.toMatchObject({ code: "run.ended" });
    await expectRecorded(engine, { runId, workflow: trip }, log("cancelled-unanswered"));
  });

  it("that is cancelled while it is booked undoes seat and room first, and then the car", async () => {
    const { engine, runId, answer } = await begin();
    await answer();
    await engine.clock.advance("30s");
    await engine.cancel(runId, cancel);
    await engine.clock.advance("10s");

    const { runs } = await engine.children(runId);
    expect(runs.map(({ status, cancellation }) => [status, cancellation?.reason])).toEqual([
      ["cancelled", cancel.reason],
      ["cancelled", cancel.reason],
    ]);
    const [flightId = "", hotelId = ""] = runs.map((run) => run.runId);
    expect(await stepsOf(engine, flightId)).toEqual(["hold_seat", "give_back_seat"]);
    expect(await stepsOf(engine, hotelId)).toEqual(["book_room", "cancel_room"]);
    const record = await engine.getRun(runId);
    expect(record).toMatchObject({
      status: "cancelled",
      cancellation: { children: { asked: 2, ended: 2 }, cleanup: { steps: 1, finished: true } },
    });
    // The innermost has cleaned up before the trip hears of it.
    for (const { endedAt } of runs) {
      expect(record.cancellation?.deliveredAt?.getTime()).toBeGreaterThanOrEqual(
        endedAt?.getTime() ?? Number.POSITIVE_INFINITY,
      );
    }
    for (const id of [runId, flightId, hotelId]) await engine.checkInvariants(id);
    await expectRecorded(engine, { runId, workflow: trip }, log("cancelled-booking"));
    await expectRecorded(engine, { runId: flightId, workflow: flight }, log("cancelled-flight"));
  });

  it("that is cancelled once its flight is booked keeps that, and undoes the rest", async () => {
    const { engine, runId, answer } = await begin();
    await answer();
    await engine.clock.advance("3m");
    await engine.cancel(runId, cancel);
    await engine.clock.advance("10s");
    const { runs } = await engine.children(runId);
    expect(runs.map(({ status }) => status)).toEqual(["completed", "cancelled"]);
    expect(await stepsOf(engine, runId)).toEqual(["rent_car", "ask_traveller", "return_car"]);
    await expectRecorded(engine, { runId, workflow: trip }, log("cancelled-late"));
  });

  it("whose flight somebody stops fails as a whole, and the hotel is stopped with it", async () => {
    const { engine, runId, answer } = await begin();
    await answer();
    await engine.clock.advance("30s");
    const [first] = (await engine.children(runId)).runs;
    await engine.cancel(first?.runId ?? "", { reason: "Strike" });
    await engine.clock.advance("10s");
    expect(await engine.result(runId)).toMatchObject({ status: "failed" });
    await engine.settle();
    const { runs } = await engine.children(runId);
    expect(runs.map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
    await expectRecorded(engine, { runId, workflow: trip }, log("failed-flight"));
  });
});

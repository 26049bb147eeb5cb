/** What people see of a run's family. */
import { describe, expect, test } from "vitest";
import { child, sleep, step, workflow } from "../../src/index.ts";
import { enter, hasBrowser, useBrowser } from "./guest.ts";
import { PHONE } from "./visit.ts";

useBrowser();

const seat = workflow("seat", () => sleep("1h"));
const flight = workflow("flight", async () => (await child(seat)).result());
const hotel = workflow("hotel", async () => "a room");
const trip = workflow("trip", async () => {
  await step("plan", () => {})();
  const parts = await Promise.all([
    child(flight, undefined, { runId: "flight-1" }),
    child(hotel, undefined, { runId: "hotel-1" }),
  ]);
  await Promise.all(parts.map((part) => part.result()));
});
const fleet = workflow("fleet", async (count: number) => {
  await step("plan", () => {})();
  const all = await Promise.all(
    Array.from({ length: count }, (_, number) =>
      number === 7 ? child(seat) : child(hotel, undefined),
    ),
  );
  await Promise.all(all.map((each) => each.result()));
});

const workflows = [trip, flight, hotel, seat, fleet];

describe.runIf(hasBrowser)("a family", () => {
  test("is a tree with each one's state, live, with links down and up", async () => {
    const { site, visit } = await enter({ workflows });
    const { page } = visit;
    await site.engine.start("trip", undefined, { runId: "trip-1" });
    await visit.go("#/runs/trip-1");
    const card = page.getByRole("region", { name: "Children" });
    const members = card.locator(".member-row");
    await card.getByText("2: 1 completed, 1 goes on").waitFor();
    // Where there are few, those of the next level are shown unasked.
    await members.filter({ hasText: "seat" }).waitFor();
    // What has none is not unfolded, nor said to be empty.
    const folds = card.getByRole("button", { name: /^Children of/ });
    await expect.poll(() => folds.count()).toBe(1);
    expect(await card.getByText("It has no children.").count()).toBe(0);
    await visit.picture("family-desk");
    expect(await visit.barriers()).toEqual([]);

    const fold = card.getByRole("button", { name: "Children of flight-1" });
    expect(await fold.getAttribute("aria-expanded")).toBe("true");
    await fold.focus();
    await page.keyboard.press("Enter");
    expect(await fold.getAttribute("aria-expanded")).toBe("false");
    await members.filter({ hasText: "seat" }).waitFor({ state: "hidden" });
    await page.keyboard.press("Enter");

    await site.engine.cancel("flight-1");
    await members.filter({ hasText: "flight-1" }).getByText("cancelled").waitFor();
    await card.getByText("2: 1 completed, 1 did not complete").waitFor();

    await page.getByRole("button", { name: /^child flight: failed after/ }).click();
    await page.locator(".lane-details").getByRole("link", { name: "flight-1" }).click();
    await page.getByRole("heading", { name: "flight-1" }).waitFor();
    await page.getByText("Child of").waitFor();
    await page.getByRole("link", { name: "trip-1" }).click();
    await page.getByRole("heading", { name: "trip-1" }).waitFor();
    visit.expectClean();
  });

  test("of hundreds drowns neither the page nor the timeline", async () => {
    const { site, visit } = await enter({ workflows });
    const { page } = visit;
    await site.engine.start("fleet", 120, { runId: "fleet-1" });
    await visit.go("#/runs/fleet-1");
    const card = page.getByRole("region", { name: "Children" });
    await card.getByText("120: 119 completed, 1 goes on").waitFor();
    await card.getByRole("button", { name: /^Show 25 more/ }).click();
    await expect.poll(() => card.locator(".member-row").count()).toBe(50);
    const first = card.getByRole("button", { name: /^Children of/ }).first();
    await first.click();
    await card.getByText("It has no children.").waitFor();
    const lanes = page.locator(".lanes > li");
    expect(await lanes.count()).toBeLessThan(30);
    expect(await lanes.first().locator(".lane-name").textContent()).toBe("plan");
    await page.getByText("100 more children are in the list of children only.").waitFor();
    await page.setViewportSize(PHONE);
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(isWider).toBe(false);
    await visit.picture("family-hand");
    expect(await visit.barriers()).toEqual([]);
    visit.expectClean();
  });
});

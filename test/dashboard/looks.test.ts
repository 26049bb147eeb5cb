/** Every page, on a desk and in the hand, by day and by night: kept as a picture, and in reach of all. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, launchChromium } from "./chromium.ts";
import { openSite, type Site } from "./site.ts";
import { DESK, openVisit, PHONE, type Visit } from "./visit.ts";

const chromium = findChromium();

let browser: Browser;
let site: Site;
beforeAll(async () => {
  if (chromium === undefined) return;
  browser = await launchChromium(chromium);
  site = await openSite();
  await fillWithRuns(site);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** A run of each kind; the order is cleaning up. */
async function fillWithRuns({ engine, charging, refunding }: Site): Promise<void> {
  const report = { title: "Annual report", copies: 2, format: "pdf", readers: [] };
  const tags = { tags: ["finance", "2026"] };
  await engine.start("report", report, tags).then((run) => run.result());
  const broken = await engine.start("breaks", undefined, { runId: "broken" });
  await broken.result().catch(() => {});
  await engine.start("nap", undefined, { runId: "napping", tags: ["night"] });
  await engine.start("stuck", undefined, { runId: "stuck" });
  const { runId } = await engine.start("nap");
  await engine.terminate(runId);
  await engine.start("order", { orderId: "2" }, { runId: "stopping", tags: ["customer:42"] });
  await charging.reached;
  const reason = "Customer cancelled order #2";
  await engine.cancel("stopping", { reason, requestedBy: "alice" });
  charging.open();
  await refunding.reached;
}

const see = (text: string) => (visit: Visit) => visit.page.getByText(text).first().waitFor();
const PAGES: [name: string, hash: string, arrive: (visit: Visit) => Promise<void>][] = [
  ["runs", "#/", see("stopping")],
  ["no-runs", "#/?workflow=none", see("No run fits")],
  ["stopping", "#/runs/stopping", see("refund_card is under way")],
  ["problem", "#/runs/stuck", see("cannot go on")],
  [
    "failed",
    "#/runs/broken",
    async (visit) => {
      await visit.page.getByRole("button", { name: /print_label/ }).click();
      await visit.page.locator(".events summary").first().click();
      await visit.page.getByRole("group", { name: "Event 0" }).waitFor();
    },
  ],
  ["start", "#/start/report", see("copies")],
  [
    "cancel",
    "#/runs/napping",
    async (visit) => {
      await visit.page.getByRole("button", { name: "Cancel …" }).click();
      await visit.page.getByLabel("Grace period").waitFor();
    },
  ],
  [
    "terminate",
    "#/runs/napping",
    async (visit) => {
      await visit.page.getByRole("button", { name: "Terminate …" }).click();
      await visit.page.getByRole("button", { name: "Continue …" }).click();
      await visit.page.getByText("This cannot be undone.").waitFor();
    },
  ],
  ["nowhere", "#/somewhere/else", see("Nothing is here")],
];

const isWiderThanScreen = () => document.documentElement.scrollWidth > innerWidth;

describe.skipIf(chromium === undefined)("the page", () => {
  const screens = { desk: DESK, phone: PHONE };
  test.each([
    ["desk", "light"],
    ["desk", "dark"],
    ["phone", "light"],
    ["phone", "dark"],
  ] as const)(
    "on a %s in %s colours",
    async (screen, colorScheme) => {
      const visit = await openVisit(browser, site, { viewport: screens[screen], colorScheme });
      const look = async (name: string) => {
        await visit.picture(`${name}-${screen}-${colorScheme}`);
        // What keeps somebody out on the desk does so on the phone; the colours differ.
        const barriers = screen === "desk" ? await visit.barriers() : [];
        expect({ name, barriers }).toEqual({ name, barriers: [] });
        expect({ name, wide: await visit.page.evaluate(isWiderThanScreen) }).toEqual({
          name,
          wide: false,
        });
      };
      await visit.page.getByRole("heading", { name: "Sign in" }).waitFor();
      const ground = await visit.page.evaluate(
        () => getComputedStyle(document.body).backgroundColor,
      );
      expect(ground).toBe(colorScheme === "dark" ? "rgb(15, 18, 22)" : "rgb(245, 246, 248)");
      await look("sign-in");
      await visit.signIn();
      for (const [name, hash, arrive] of PAGES) {
        await visit.go(hash);
        await visit.page.reload();
        await arrive(visit);
        await look(name);
      }
      visit.expectClean();
    },
    90_000,
  );
});

/** Somebody before the page: in a browser of the test file, at a site of the test. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { findChromium, launchChromium } from "./chromium.ts";
import { openSite, type Site, type SiteOptions } from "./site.ts";
import { openVisit, type Visit } from "./visit.ts";

const chromium = findChromium();

/** What a browser is needed for is skipped without one. */
export const hasBrowser = chromium !== undefined;

let browser: Browser;

/** One browser for all tests of a file. */
export function useBrowser(): void {
  beforeAll(async () => {
    if (chromium !== undefined) browser = await launchChromium(chromium);
  });
  afterAll(() => browser?.close());
}

/** Comes to the page of a site, and has not signed in yet. */
export async function come(options: SiteOptions = {}): Promise<Guest> {
  const site = await openSite(options);
  onTestFinished(() => site.close());
  return { site, visit: await openVisit(browser, site) };
}

export interface Guest {
  site: Site;
  visit: Visit;
}

/** Comes to the page, and signs in. */
export async function enter(options: SiteOptions = {}): Promise<Guest> {
  const guest = await come(options);
  await guest.visit.signIn();
  await guest.visit.page.getByRole("heading", { name: "Runs", exact: true }).waitFor();
  return guest;
}

/** An order whose card is being charged. */
export async function startOrder({ engine, charging }: Site): Promise<string> {
  const { runId } = await engine.start("order", { orderId: "1" }, { tags: ["eu"] });
  await charging.reached;
  return runId;
}

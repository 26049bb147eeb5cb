/** Somebody's visit to the page, during which nothing may go wrong unseen. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { type Site, TOKEN } from "./site.ts";

const ARTIFACTS = fileURLToPath(new URL("../../artifacts/page", import.meta.url));

export const DESK = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

export interface Visit {
  page: Page;
  /** Goes to a place in the page. */
  go(hash: string): Promise<void>;
  signIn(token?: string): Promise<void>;
  /** Keeps a picture among the artefacts. */
  picture(name: string): Promise<void>;
  /** What axe finds wrong, as `rule: element`. */
  barriers(): Promise<string[]>;
  /** Fails if anything was complained about that is not expected. */
  expectClean(...expected: RegExp[]): void;
}

/** @param how the context of the visit: its screen, its colours. */
export async function openVisit(
  browser: Browser,
  site: Site,
  how: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: DESK,
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    ...how,
  });
  context.setDefaultTimeout(20_000);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints = listen(page, new URL(site.url).origin);
  await page.goto(site.url);
  return {
    page,
    go: async (hash) => void (await page.goto(site.url + hash)),
    async signIn(token = TOKEN) {
      await page.getByLabel("Token").fill(token);
      await page.getByRole("button", { name: "Sign in" }).click();
    },
    async picture(name) {
      mkdirSync(ARTIFACTS, { recursive: true });
      await page.screenshot({ path: `${ARTIFACTS}/${name}.png`, fullPage: true });
    },
    async barriers() {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run());
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
      );
    },
    expectClean(...expected) {
      const others = complaints.filter((each) => !expected.some((known) => known.test(each)));
      expect(others).toEqual([]);
    },
  };
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** Errors, warnings, breaches of the policy, and requests to anywhere else. */
function listen(page: Page, origin: string): readonly string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error}`));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`foreign: ${request.url()}`);
  });
  return complaints;
}

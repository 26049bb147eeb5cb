/** Signing in to the page, and out. */
import { describe, expect, test } from "vitest";
import { SKIPPED } from "./chromium.ts";
import { come, enter, hasBrowser, useBrowser } from "./guest.ts";
import { TOKEN } from "./site.ts";

if (!hasBrowser) console.warn(SKIPPED);
useBrowser();

describe.runIf(hasBrowser)("signing in", () => {
  test("takes a token that the app lets in, and keeps it in this browser alone", async () => {
    const { visit } = await enter();
    const { page } = visit;
    expect(page.url()).not.toContain(TOKEN);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    await page.reload();
    await page.getByRole("heading", { name: "Runs", exact: true }).waitFor();
    visit.expectClean();
  });

  test("counts for every tab, and so does signing out", async () => {
    const { site, visit } = await enter();
    const other = await visit.page.context().newPage();
    await other.goto(site.url);
    await other.getByRole("heading", { name: "Runs", exact: true }).waitFor();
    await other.getByRole("button", { name: "Sign out" }).click();
    await visit.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await visit.signIn();
    await other.getByRole("heading", { name: "Runs", exact: true }).waitFor();
    visit.expectClean();
  });

  test("says so when a token is not accepted", async () => {
    const { visit } = await come();
    await visit.signIn("some-other-token");
    await visit.page.getByText("This token is not accepted.").first().waitFor();
    expect(await visit.page.getByLabel("Token").getAttribute("aria-invalid")).toBe("true");
    visit.expectClean(/401 \(Unauthorized\)/);
    await visit.signIn();
    await visit.page.getByRole("heading", { name: "Runs", exact: true }).waitFor();
  });

  test("is undone by signing out", async () => {
    const { visit } = await enter();
    await visit.page.getByRole("button", { name: "Sign out" }).click();
    await visit.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await visit.page.reload();
    await visit.page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await visit.page.evaluate(() => localStorage.getItem("detent.token"))).toBeNull();
    visit.expectClean();
  });

  test("is asked for again once the token is no longer accepted", async () => {
    const { visit } = await enter();
    const { page } = visit;
    await page.evaluate(() => localStorage.setItem("detent.token", "some-other-token"));
    await page.reload();
    await page.getByText("Your token is no longer accepted.").waitFor();
    visit.expectClean(/401 \(Unauthorized\)/);
  });

  test("is not asked for where the app lets everybody in", async () => {
    const { visit } = await come({ open: true });
    await visit.page.getByRole("heading", { name: "No runs yet" }).waitFor();
    expect(await visit.page.getByRole("button", { name: "Sign out" }).count()).toBe(0);
    visit.expectClean();
  });
});

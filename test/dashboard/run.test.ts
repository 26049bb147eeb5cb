/** What people do with a run. */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { channel, hook, sleep, workflow } from "../../src/index.ts";
import { enter, hasBrowser, startOrder, useBrowser } from "./guest.ts";

useBrowser();

describe.runIf(hasBrowser)("a run", () => {
  test("is cancelled with a reason, and watched until its clean-up has ended", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const runId = await startOrder(site);
    await page.getByRole("link", { name: runId }).click();
    await page.getByRole("button", { name: "Cancel …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("Customer cancelled order #1");
    await dialog.getByLabel("Your name").fill("alice");
    await dialog.getByLabel("Grace period").fill("soon");
    await dialog.getByRole("button", { name: "Cancel the run" }).click();
    await dialog.getByText(/must be milliseconds or text/).waitFor();
    await dialog.getByLabel("Grace period").fill("5m");
    await dialog.getByRole("button", { name: "Cancel the run" }).click();

    await dialog.getByText("The run is being cancelled").waitFor();
    await dialog.getByText("charge_card is let finish").waitFor();
    site.charging.open();
    await dialog.getByText("refund_card is under way").waitFor();
    await dialog.getByText("at step ship_parcel").waitFor();
    site.refunding.open();
    await dialog.getByText("2 steps, finished in").waitFor();
    await dialog.getByText("The run has ended").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });

    const run = await site.engine.getRun(runId);
    expect(run.status).toBe("cancelled");
    expect(run.cancellation).toMatchObject({
      reason: "Customer cancelled order #1",
      requestedBy: "alice",
      cleanup: { steps: 2, finished: true },
    });
    const rows = await page
      .locator(".lanes > li")
      .evaluateAll((items) =>
        items.map((item) => item.querySelector(".lane-name, strong")?.textContent),
      );
    expect(rows).toEqual([
      ...["reserve_inventory", "sleep", "charge_card", "Cancel requested"],
      ...["Delivered", "release_inventory", "refund_card", "Run cancelled"],
    ]);
    await page.getByRole("button", { name: /^clean-up step refund_card: attempt 1/ }).waitFor();
    expect(await page.getByRole("button", { name: "Cancel …" }).count()).toBe(0);
    visit.expectClean(/400 \(Bad Request\)/);
  });

  test("is paused with a reason, shows who holds it back, and goes on when it is resumed", async () => {
    const nap = workflow("nap", async () => await sleep("1h"));
    const { site, visit } = await enter({ workflows: [nap] });
    const { page } = visit;
    await site.engine.start(nap, undefined, { runId: "resting" });
    await visit.go("#/runs/resting");
    await page.getByRole("button", { name: "Pause …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("The carrier is down");
    await dialog.getByLabel("Your name").fill("alice");
    expect(await visit.barriers()).toEqual([]);
    await dialog.getByRole("button", { name: "Pause the run" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("This run is paused.").waitFor();
    await page.getByText("By alice").first().waitFor();
    await page.locator("blockquote", { hasText: "The carrier is down" }).waitFor();
    await page.getByText("its resume, as it is paused").waitFor();
    expect(await page.getByRole("button", { name: "Pause …" }).count()).toBe(0);
    expect(await page.locator(".zone.is-resting").count()).toBeGreaterThan(0);
    expect(await visit.barriers()).toEqual([]);
    expect(await site.engine.getRun("resting")).toMatchObject({
      status: "paused",
      pause: { reason: "The carrier is down", requestedBy: "alice" },
    });

    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause …" }).waitFor();
    expect(await page.getByText("This run is paused.").count()).toBe(0);
    const rows = await page.locator(".lanes strong").allTextContents();
    expect(rows).toEqual(["Paused", "Resumed"]);
    expect((await site.engine.getEvents("resting")).events.at(-1)).toMatchObject({
      type: "run.resumed",
      requestedBy: "alice",
    });
    visit.expectClean();
  });

  test("that asks somebody is answered by a form of what it takes", async () => {
    const asks = workflow("asks", async () => {
      const first = await hook("approval", {
        schema: z.object({ approved: z.boolean(), by: z.string().min(2) }),
        timeout: "2d",
      });
      return [first, await hook("anything")];
    });
    const { site, visit } = await enter({ workflows: [asks] });
    const { page } = visit;
    await site.engine.start(asks, undefined, { runId: "asking" });
    await visit.go("#/runs/asking");
    await page.getByRole("heading", { name: "Waits for an answer" }).waitFor();
    await page.getByRole("button", { name: "Answer … hook approval" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("approved").check();
    await dialog.getByLabel("by").fill("A");
    await dialog.getByRole("button", { name: "Send the answer" }).click();
    await dialog.getByText("The payload is not as it should be.").waitFor();
    await dialog.getByLabel("by").fill("Ada");
    expect(await visit.barriers()).toEqual([]);
    await dialog.getByRole("button", { name: "Send the answer" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Answer … hook anything" }).click();
    await dialog.getByLabel("JSON", { exact: true }).fill('{ "n": 1 }');
    await dialog.getByRole("button", { name: "Send the answer" }).click();
    await page.getByText("Run completed").waitFor();
    expect(await site.engine.result("asking")).toEqual([{ approved: true, by: "Ada" }, { n: 1 }]);
    await page.getByRole("button", { name: /^hook approval: answered after/ }).waitFor();
    expect(await page.getByRole("heading", { name: "Waits for an answer" }).count()).toBe(0);
    visit.expectClean(/400 \(Bad Request\)/);
  });

  test("that takes messages is sent them by a form, and shows who sent what", async () => {
    const votes = channel("votes", z.object({ approved: z.boolean(), why: z.string().min(2) }));
    const poll = workflow(
      "poll",
      async () => {
        await sleep("1ms");
        return [await votes.receive(), await votes.receive(), await votes.receive()];
      },
      { channels: [votes] },
    );
    const { site, visit } = await enter({ workflows: [poll] });
    const { page } = visit;
    await site.engine.start(poll, undefined, { runId: "polling" });
    await site.engine.send(
      "polling",
      votes,
      { approved: true, why: "early" },
      { messageId: "m-1", sentBy: "carol" },
    );
    await visit.go("#/runs/polling");
    await page.getByRole("heading", { name: "Takes messages" }).waitFor();
    await page.getByRole("button", { name: "Send … to channel votes" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("approved").check();
    await dialog.getByLabel("why").fill("A");
    await dialog.getByLabel("Your name").fill("alice");
    await dialog.getByRole("button", { name: "Send the message" }).click();
    await dialog.getByText("The payload is not as it should be.").waitFor();
    await dialog.getByLabel("why").fill("All is well");
    expect(await visit.barriers()).toEqual([]);
    await dialog.getByRole("button", { name: "Send the message" }).click();
    await dialog.waitFor({ state: "detached" });
    const inbox = page.getByRole("button", { name: /^channel votes: 2 messages/ });
    await inbox.waitFor();
    expect(await inbox.textContent()).toContain("the last one from alice");
    await inbox.click();
    await page.getByText("a message from carol, with the id m-1").waitFor();
    await page
      .getByRole("button", { name: /^receive on channel votes: .*a message from alice/ })
      .waitFor();
    expect(await visit.barriers()).toEqual([]);
    await site.engine.send("polling", "votes", { approved: false, why: "no more" });
    await page.getByText("Run completed").waitFor();
    expect(await page.getByRole("heading", { name: "Takes messages" }).count()).toBe(0);
    expect(await site.engine.result("polling")).toMatchObject([
      { why: "early" },
      { why: "All is well" },
      { why: "no more" },
    ]);
    visit.expectClean(/400 \(Bad Request\)/);
  });

  test("whose log grows towards its limit says so long before", async () => {
    const nap = workflow("nap", () => sleep("1h"), { limits: { events: 1000 } });
    const long = workflow("long", () => sleep("1h"), { limits: { events: 10 } });
    const { site, visit } = await enter({ workflows: [nap, long] });
    const { page } = visit;
    for (const name of ["nap", "long"]) await site.engine.start(name, undefined, { runId: name });
    await visit.go("#/runs/long");
    await page.getByText("Its log has 2 of the 10 events that it may have.").waitFor();
    await visit.go("#/runs/nap");
    await page.getByText("a sleep").first().waitFor();
    expect(await page.getByText("events that it may have").count()).toBe(0);
    visit.expectClean();
  });

  test("that cannot go on is tried again when somebody says so", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const runId = await startOrder(site);
    await site.engine.reportProblem(runId, new Error("no such version"));
    await page.getByRole("link", { name: runId }).click();
    const woken = page.waitForResponse((response) => response.url().endsWith("/wake"));
    await page.getByRole("button", { name: "Try again now" }).click();
    expect((await woken).status()).toBe(202);
    site.charging.open();
    await page.getByText("This run cannot go on").waitFor({ state: "detached" });
    visit.expectClean();
  });

  test("is terminated only by somebody who was asked twice", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const runId = await startOrder(site);
    await page.getByRole("link", { name: runId }).click();
    await page.getByRole("button", { name: "Terminate …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("It will never end");
    await dialog.getByLabel("Your name").fill("bob");
    await dialog.getByRole("button", { name: "Continue …" }).click();
    await dialog.getByText("This cannot be undone.").waitFor();
    expect((await site.engine.getRun(runId)).status).toBe("running");
    await dialog.getByRole("button", { name: "Terminate now" }).click();
    await page.getByText("Run terminated").waitFor();
    const { events } = await site.engine.getEvents(runId);
    expect(events.at(-1)).toMatchObject({
      type: "workflow.terminated",
      reason: "It will never end",
      requestedBy: "bob",
    });
    const card = page.getByRole("region", { name: "Termination" });
    await card.getByText("It will never end").waitFor();
    await card.getByText("Ended at once by bob").waitFor();
    visit.expectClean();
  });

  test("keeps running when the dialog is left by the keyboard", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const runId = await startOrder(site);
    await page.getByRole("link", { name: runId }).click();
    await page.getByRole("button", { name: "Terminate …" }).press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const focused = page.getByRole("button", { name: "Terminate …" });
    expect(await focused.evaluate((each) => each === document.activeElement)).toBe(true);
    expect((await site.engine.getRun(runId)).status).toBe("running");
  });

  test("has the focus in the first field while one is asked, and at its heading after", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const runId = await startOrder(site);
    const focused = () => page.evaluate(() => document.activeElement?.tagName);
    await page.getByRole("link", { name: runId }).click();
    await page.getByRole("button", { name: "Cancel …" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    expect(await dialog.getByLabel("Reason").evaluate((it) => it === document.activeElement)).toBe(
      true,
    );
    await dialog.getByRole("button", { name: "Cancel the run" }).press("Enter");
    await dialog.getByText("The run is being cancelled").waitFor();
    expect(await dialog.evaluate((it) => it.contains(document.activeElement))).toBe(true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    // The button that opened it is gone.
    expect(await page.getByRole("button", { name: "Cancel …" }).count()).toBe(0);
    await expect.poll(focused).toBe("H1");
  });

  test("is stopped gracefully by the button that stands out, and at once by one that does not", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    await page.getByRole("link", { name: await startOrder(site) }).click();
    await page.getByRole("button", { name: "Terminate …" }).waitFor();
    const grounds = await page.evaluate(() => {
      const groundOf = (each: Element | undefined | null) =>
        each ? getComputedStyle(each).backgroundColor : undefined;
      const buttons = [...document.querySelectorAll("button")];
      const named = (name: string) => buttons.find((each) => each.innerText.includes(name));
      return {
        card: groundOf(document.querySelector("section.card")),
        terminate: groundOf(named("Terminate …")),
        cancel: groundOf(named("Cancel …")),
      };
    });
    expect(grounds.terminate).toBe(grounds.card);
    expect(grounds.cancel).not.toBe(grounds.card);
  });

  test("shows reasons, names and values in the order of their characters", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const turned = "pay \u202e001 RUE\u2066 now";
    const shown = "pay \\u202e001 RUE\\u2066 now";
    const run = await site.engine.start("nap", { note: turned }, { tags: [turned] });
    const stop = { reason: turned, requestedBy: turned, wait: true };
    await site.engine.cancel(run.runId, stop);
    await visit.go(`#/runs/${run.runId}`);
    await page.getByText("Run cancelled").waitFor();
    expect(await page.locator("blockquote").innerText()).toBe(shown);
    const texts = await page.locator("body").innerText();
    expect(texts.split(shown).length).toBeGreaterThan(5);
    expect(texts).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    const said = await page
      .locator("[title], [aria-label]")
      .evaluateAll((all) => all.map((each) => each.outerHTML).join(""));
    expect(said).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });

  test("gives its input as JSON to whoever copies it", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const input = { at: new Date(0), list: [1, { two: "zwei" }], by: new Map([["a", 1n]]) };
    const run = await site.engine.start("nap", input);
    await visit.go(`#/runs/${run.runId}`);
    await page.getByRole("button", { name: "Copy input" }).click();
    await page.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(JSON.parse(copied)).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      list: [1, { two: "zwei" }],
      by: [["a", "1"]],
    });
  });

  test("tells of each row that there is more, and in which zone its times are", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const run = await site.engine.start("breaks", "x");
    await run.result().catch(() => {});
    await visit.go(`#/runs/${run.runId}`);
    const rows = page.locator(".lane-head, .events summary");
    await rows.first().waitFor();
    const folds = await rows.evaluateAll((all) =>
      all.map((row) => row.querySelector(".fold")?.getBoundingClientRect().height ?? 0),
    );
    expect(folds.length).toBeGreaterThan(2);
    expect(Math.min(...folds)).toBeGreaterThan(4);
    await page.getByText(/, times in (UTC|GMT)/).waitFor();
    const times = await page.locator("time").allInnerTexts();
    expect(times.filter((time) => /\d:\d/.test(time)).every((time) => /UTC|GMT/.test(time))).toBe(
      true,
    );
  });

  test("shows its values as text, whatever is in them", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const run = await site.engine.start("breaks", "<img src=x onerror=alert(1)>");
    await run.result().catch(() => {});
    await visit.go(`#/runs/${run.runId}`);
    await page.getByText('"<img src=x onerror=alert(1)>"').waitFor();
    await page.getByText("Out of <b>paper</b>").first().waitFor();
    await page.getByRole("button", { name: /print_label: attempt 1 failed/ }).click();
    await page.getByRole("group", { name: "Error" }).first().waitFor();
    await page.getByLabel("Filter the events").fill("step");
    expect(await page.locator(".events > li").count()).toBe(2);
    await page.locator(".events summary").last().click();
    await page
      .getByRole("group", { name: /^Event/ })
      .getByText("Out of <b>paper")
      .waitFor();
    expect(await page.locator("main img, main b").count()).toBe(0);
    visit.expectClean();
  });
});

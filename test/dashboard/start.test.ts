/** How people start a run. */
import { describe, expect, test } from "vitest";
import { enter, hasBrowser, useBrowser } from "./guest.ts";

useBrowser();

describe.runIf(hasBrowser)("starting a run", () => {
  test("asks for the input by a form, and shows what is wrong with it", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    await page.getByRole("navigation", { name: "Pages", exact: true }).getByText("Start").click();
    await page.getByLabel("Workflow").selectOption("report");
    await page.getByLabel("title").fill("No");
    await page.getByLabel("copies").fill("many");
    await page.getByRole("button", { name: "Start the run" }).click();
    await page.getByText("“many” is no number.").first().waitFor();
    await page.getByLabel("copies").fill("3");
    await page.getByLabel("format").selectOption({ label: "pdf" });
    await page.getByRole("button", { name: "Add an item to readers" }).click();
    await page.getByRole("textbox", { name: "Item 1" }).fill("ada@example.org");
    await page.getByLabel("urgent").check();
    await page.getByLabel("notes").fill('{ "a": [1, 2] }');
    await page.getByRole("button", { name: "Start the run" }).click();
    const title = page.getByLabel("title");
    await page.locator("#input-title-issue").waitFor();
    expect(await title.evaluate((each) => each === document.activeElement)).toBe(true);
    await title.fill("Annual report");
    await page.getByLabel("Tags").fill("finance, 2026");
    await page.getByRole("button", { name: "Start the run" }).click();
    await page.getByText("Run completed").waitFor();
    const { runs } = await site.engine.listRuns();
    const started = await Promise.all(runs.map(({ runId }) => site.engine.getRun(runId)));
    expect(started).toMatchObject([
      {
        tags: ["finance", "2026"],
        input: {
          title: "Annual report",
          copies: 3,
          format: "pdf",
          urgent: true,
          readers: ["ada@example.org"],
          notes: { a: [1, 2] },
        },
      },
    ]);
    visit.expectClean(/400 \(Bad Request\)/);
  });

  test("takes JSON where the workflow does not tell what it takes, or one would rather", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    await visit.go("#/start/nap");
    await page.getByLabel("JSON", { exact: true }).fill("{ nap");
    await page.getByRole("button", { name: "Start the run" }).click();
    await page
      .getByText(/This is not JSON/)
      .first()
      .waitFor();
    await visit.go("#/start/report");
    await page.getByLabel("title").fill("Not all yet");
    // What is required and still missing is no reason to stay with the form.
    await page.getByRole("button", { name: "Edit as JSON" }).click();
    const unfinished = await page.getByLabel("JSON", { exact: true }).inputValue();
    expect(JSON.parse(unfinished)).toMatchObject({ title: "Not all yet" });
    await visit.go("#/start/order");
    await page.getByLabel("orderId").fill("7");
    await page.getByRole("button", { name: "Edit as JSON" }).click();
    const json = page.getByLabel("JSON", { exact: true });
    expect(await json.inputValue()).toBe('{\n  "orderId": "7"\n}');
    await json.fill('{ "orderId": "8" }');
    await page.getByRole("button", { name: "Edit as a form" }).click();
    expect(await page.getByLabel("orderId").inputValue()).toBe("8");
    await page.getByRole("button", { name: "Start the run" }).click();
    await page.getByRole("heading", { name: /^run_/ }).waitFor();
    const { runs } = await site.engine.listRuns();
    const { input } = await site.engine.getRun(runs[0]?.runId ?? "");
    expect(input).toEqual({ orderId: "8" });
    visit.expectClean();
  });
});

/** `npm run build:picture`: cancels an order half-way, and takes the README's picture of its timeline. */
import { fileURLToPath } from "node:url";
import { isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { findChromium, launchChromium, SKIPPED } from "./chromium.ts";
import { openSite } from "./site.ts";

const PICTURE = fileURLToPath(new URL("../../docs/cancelled-run.png", import.meta.url));

/** A step that takes so long, in milliseconds. */
const call = (name: string, takes: number) =>
  step(name, async () => {
    await sleep(takes);
    return "done";
  });

let isFirst = true;
const reserve = step(
  "reserve",
  async () => {
    await sleep(250);
    if (!isFirst) return "B-12";
    isFirst = false;
    throw new Error("The warehouse did not answer");
  },
  { backoff: { initial: "400ms", jitter: false } },
);
const charge = call("charge", 1200);
const ship = call("ship", 500);
const release = call("release", 350);
const refund = call("refund", 900);

const order = workflow("order", async () => {
  try {
    await reserve();
    await sleep("300ms");
    await charge();
    await ship();
  } catch (error) {
    if (isCancellation(error)) {
      await shield(async () => {
        await release();
        await refund();
      });
    }
    throw error;
  }
});

const chromium = findChromium();
if (chromium === undefined) throw new Error(SKIPPED);
const site = await openSite({ open: true, workflows: [order] });
const browser = await launchChromium(chromium);
try {
  const { engine } = site;
  await engine.start("order", undefined, { runId: "order-2" });
  for (;;) {
    const { events } = await engine.getEvents("order-2");
    if (events.some((event) => event.type === "step.started" && event.step === "charge")) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await new Promise((resolve) => setTimeout(resolve, 400));
  const reason = "Customer changed her mind";
  await engine.cancel("order-2", { reason, requestedBy: "alice", wait: true });

  const viewport = { width: 1020, height: 900 };
  const page = await browser.newPage({ viewport, deviceScaleFactor: 1.5, locale: "en-GB" });
  await page.goto(`${site.url}#/runs/order-2`);
  const [from, to] = await Promise.all(
    ["Cancellation", "Timeline"].map((name) => page.getByRole("region", { name }).boundingBox()),
  );
  if (!from || !to) throw new Error("The page does not show the run");
  const { x, y, width } = from;
  const clip = { x: x - 10, y: y - 10, width: width + 20, height: to.y + to.height - y + 20 };
  await page.screenshot({ path: PICTURE, clip, fullPage: true });
  console.log(PICTURE);
} finally {
  await browser.close();
  await site.close();
}

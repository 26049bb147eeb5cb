/**
 * Starts the app, completes one order, and cancels another over HTTP while its card is charged.
 * Exits with 0 only if everything came out as promised.
 */
import { parseArgs } from "node:util";
import { type LogLine, narrate } from "./narrate.ts";
import { promisesBroken } from "./promises.ts";
import { openShop, type Shop } from "./shop.ts";

const USAGE = `Usage: npm run demo [-- --store memory|dynamodb]

Runs two orders through a Detent app and cancels the second one half-way.
  --store  where the runs are kept: memory (default), or dynamodb, which starts
           DynamoDB Local for the purpose and needs Java 17 or newer`;

const REASON = "Customer cancelled order #2";

const stores = ["memory", "dynamodb"] as const;
type StoreName = (typeof stores)[number];

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const store = readStore();
for (const [signal, code] of Object.entries(EXIT_CODES)) {
  // Nothing is waited for: Ctrl-C has stopped DynamoDB Local as well, and it never outlives this process.
  process.once(signal, () => {
    console.error(`\nStopped by ${signal}.`);
    process.exit(code);
  });
}
process.exitCode = await run(store);

async function run(storeName: StoreName): Promise<number> {
  let shop: Shop | undefined;
  try {
    console.log(`\nOpening the shop on the ${storeName} store …`);
    shop = await openShop(storeName);
    console.log(`The app listens on ${shop.url}`);
    const broken = [...(await completeOrder(shop)), ...(await cancelOrder(shop))];
    for (const promise of broken) console.error(`BROKEN: ${promise}`);
    if (broken.length === 0) console.log("\nEverything came out as promised.");
    return broken.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? `\n${error.message}` : error);
    return 1;
  } finally {
    await shop?.close();
  }
}

async function completeOrder(shop: Shop): Promise<string[]> {
  console.log("\n── Order #1 is left alone\n");
  const { runId } = await shop.start({ orderId: "1" });
  await narrate(shop, runId);
  const run = await shop.run(runId);
  return run.status === "completed" ? [] : [`order #1 ended as ${run.status}`];
}

async function cancelOrder(shop: Shop): Promise<string[]> {
  console.log("\n── Order #2 is cancelled while its card is being charged\n");
  const { runId } = await shop.start({ orderId: "2" });
  const log = await narrate(shop, runId, async ({ type, step }) => {
    if (type !== "step.started" || step !== "charge") return;
    console.log(`  ✋ POST /runs/${runId}/cancel  "${REASON}"`);
    await shop.cancel(runId, { reason: REASON, requestedBy: "alice" });
  });
  const run = await shop.run(runId);
  printLog(log);
  console.log("\n── What the record says\n");
  console.log(JSON.stringify({ status: run.status, cancellation: run.cancellation }, null, 2));
  return promisesBroken(run, log, REASON);
}

function printLog(log: readonly LogLine[]): void {
  console.log("\n── The log of the cancelled run\n");
  for (const { seq, type, at, step, attempt, shielded, checkpoint, reason } of log) {
    const about = [
      step && `${step}${attempt && attempt > 1 ? ` (attempt ${attempt})` : ""}`,
      shielded && "shielded",
      checkpoint && `at ${checkpoint}`,
      reason,
    ];
    const time = at.slice(11, 23);
    console.log(
      `  ${String(seq).padStart(6)}  ${time}  ${type.padEnd(24)} ${about.filter(Boolean).join(", ")}`,
    );
  }
}

function readStore(): StoreName {
  try {
    const { values } = parseArgs({
      options: { store: { type: "string", default: "memory" }, help: { type: "boolean" } },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const found = stores.find((name) => name === values.store);
    if (found) return found;
    throw new Error(`There is no store "${values.store}".`);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

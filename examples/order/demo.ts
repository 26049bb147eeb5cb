/**
 * Starts the app, completes one order, and cancels another over HTTP while its card is charged.
 * Exits with 0 only if everything came out as promised.
 */
import { parseArgs } from "node:util";
import { readCommandLine } from "../../infra/command-line.ts";
import { type App, openServer, openStack } from "./app.ts";
import { type LogLine, narrate } from "./narrate.ts";
import { promisesBroken } from "./promises.ts";
import { type Shop, visitShop } from "./shop.ts";

const USAGE = `Usage: npm run demo [-- --store memory|dynamodb | --stack lambda]

Runs two orders through a Detent app and cancels the second one half-way.
  --store  where the runs are kept: memory (default), or dynamodb, which starts
           DynamoDB Local for the purpose and needs Java 17 or newer
  --stack  lambda runs the app as the functions that are deployed on AWS, each in
           processes of its own, on a queue and DynamoDB Local`;

const REASON = "Customer cancelled order #2";

const places = {
  memory: { name: "the memory store", open: () => openServer("memory") },
  dynamodb: { name: "the dynamodb store", open: () => openServer("dynamodb") },
  lambda: { name: "the lambda stack", open: openStack },
};
type Place = keyof typeof places;

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const place = readCommandLine(USAGE, readPlace);
for (const [signal, code] of Object.entries(EXIT_CODES)) {
  // Nothing is waited for: Ctrl-C has stopped DynamoDB Local as well, and it never outlives this process.
  process.once(signal, () => {
    console.error(`\nStopped by ${signal}.`);
    process.exit(code);
  });
}
process.exitCode = await run(place);

async function run(at: Place): Promise<number> {
  let app: App | undefined;
  try {
    console.log(`\nOpening the shop on ${places[at].name} …`);
    app = await places[at].open();
    console.log(`The app listens on ${app.url}`);
    const shop = visitShop(app);
    const broken = [...(await completeOrder(shop)), ...(await cancelOrder(shop))];
    for (const promise of broken) console.error(`BROKEN: ${promise}`);
    if (broken.length === 0) console.log("\nEverything came out as promised.");
    return broken.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? `\n${error.message}` : error);
    return 1;
  } finally {
    await app?.close();
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

function readPlace(): Place {
  const { values } = parseArgs({
    options: {
      store: { type: "string" },
      stack: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const { store, stack } = values;
  if (stack === undefined && (store === undefined || store === "memory")) return "memory";
  if (stack === undefined && store === "dynamodb") return "dynamodb";
  if (stack === "lambda" && (store === undefined || store === "dynamodb")) return "lambda";
  if (stack === "lambda") throw new Error(`The lambda stack has no store "${store}".`);
  const unknown = stack === undefined ? `store "${store}"` : `stack "${stack}"`;
  throw new Error(`There is no ${unknown}.`);
}

/** `npm run emulate`: builds the functions, and runs the stack on this machine until Ctrl-C. */
import { parseArgs } from "node:util";
import { buildFunctions } from "./bundle.ts";
import { readCommandLine, wholeNumber } from "./command-line.ts";
import { type Emulator, startEmulator } from "./emulator/emulator.ts";

const USAGE = `Usage: npm run emulate [-- --port PORT] [--instances N]

Runs the built functions as they run in Lambda, with a queue, a schedule and DynamoDB Local.
  --port       where the API listens on 127.0.0.1; left out, a free port is found
  --instances  how many processes of one function run at once, 8 if left out

Needs Java 17 or newer. DYNAMODB_ENDPOINT names a DynamoDB Local that already runs.`;

interface Options {
  port: number;
  instances?: number;
}

const PARENT_CHECK_MS = 500;

const options = readCommandLine(USAGE, readOptions);
let emulator: Emulator | undefined;
let ending = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end());
// A killed npm leaves what it runs behind.
const parent = process.env["npm_lifecycle_event"] === undefined ? undefined : process.ppid;
setInterval(() => parent !== undefined && process.ppid !== parent && void end(), PARENT_CHECK_MS);

try {
  console.log("Building the functions, and starting DynamoDB Local and the queue …");
  await buildFunctions();
  emulator = await startEmulator({ ...options, output: console.log });
  console.log(introduction(emulator));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** Before all is started there is nothing to wait for: what runs ends with this process. */
async function end(): Promise<void> {
  // npm passes on a signal that the terminal has sent already.
  if (ending) return;
  ending = true;
  await emulator?.stop().catch((error: unknown) => console.error(error));
  process.exit();
}

function introduction({ url, token }: Emulator): string {
  const post = (path: string, body: unknown): string =>
    `curl -sX POST ${url}${path} -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'; echo`;
  return `
The API listens on ${url}
Its token is       ${token}

Start an order, and cancel it half-way (paste both lines at once):

${post("/workflows/order/runs", { input: { orderId: "1" }, runId: "order-1" })}; sleep 0.7
${post("/runs/order-1/cancel", { reason: "Changed my mind", requestedBy: "me", wait: true })}

What the functions print comes below. Ctrl-C ends it all.
`;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      instances: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const port = wholeNumber("port", values.port, 0, 65_535);
  if (values.instances === undefined) return { port };
  return { port, instances: wholeNumber("instances", values.instances, 1, 1_000) };
}

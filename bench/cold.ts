/** `npm run bench:cold`: see `--help`. */
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { type Bundle, bundleFunctions, type FunctionName } from "../infra/bundle.ts";
import { readCommandLine, wholeNumber } from "../infra/command-line.ts";
import { startDynamoLocal } from "../infra/dynamodb-local.ts";
import { createLocalClient } from "../infra/local-client.ts";
import { createTable } from "../src/adapters/dynamodb/index.ts";
import { type ColdStart, startCold } from "./cold-start.ts";
import { columns } from "./columns.ts";
import { median } from "./statistics.ts";

const USAGE = `Measures how large the bundled functions are, and how long a fresh process takes to load one and
to handle its first event, which reads DynamoDB Local once.

npm run bench:cold -- [options]
  --processes N  so many fresh processes for each function; the median counts (default 20)
  --help`;

const TOKEN = "a-token";

const API_REQUEST = {
  version: "2.0",
  rawPath: "/runs/run_none",
  rawQueryString: "",
  headers: { authorization: `Bearer ${TOKEN}` },
  isBase64Encoded: false,
  requestContext: { domainName: "localhost", http: { method: "GET", path: "/runs/run_none" } },
};
const MESSAGE = { Records: [{ messageId: "1", body: JSON.stringify({ runId: "run_none" }) }] };

const FIRST_EVENTS: Record<FunctionName, unknown> = {
  api: API_REQUEST,
  turn: MESSAGE,
  sweep: {},
  "dead-letter": MESSAGE,
};

async function measure({ name, path }: Bundle, env: Record<string, string>): Promise<ColdStart> {
  const starts: ColdStart[] = [];
  for (let count = 0; count < processes; count += 1) {
    starts.push(await startCold(path, FIRST_EVENTS[name], env));
  }
  return {
    load: median(starts.map(({ load }) => load)),
    first: median(starts.map(({ first }) => first)),
  };
}

function readProcesses(): number {
  const { values } = parseArgs({
    options: { processes: { type: "string", default: "20" }, help: { type: "boolean" } },
  });
  if (!values.help) return wholeNumber("processes", values.processes, 1);
  console.log(USAGE);
  process.exit(0);
}

const processes = readCommandLine(USAGE, readProcesses);
const folder = await mkdtemp(join(tmpdir(), "detent-cold-"));
const dynamodb = await startDynamoLocal();
try {
  const client = createLocalClient(dynamodb.endpoint);
  const tableName = `cold-${randomUUID()}`;
  await createTable({ client, tableName });
  client.destroy();
  const env = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_REGION: "local",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    DETENT_TABLE: tableName,
    DETENT_QUEUE_URL: "http://127.0.0.1:1/turns",
    DETENT_TOKENS: TOKEN,
  };
  const rows: string[][] = [];
  for (const bundle of await bundleFunctions(folder)) {
    const { load, first } = await measure(bundle, env);
    const zipped = gzipSync(await readFile(bundle.path), { level: 9 }).length;
    const kB = (bytes: number): string => (bytes / 1000).toFixed(0);
    rows.push([
      bundle.name,
      kB(bundle.bytes),
      kB(bundle.bytes - bundle.pageBytes),
      kB(zipped),
      load.toFixed(0),
      first.toFixed(0),
      (load + first).toFixed(0),
    ]);
  }
  const head = [
    "function",
    "minified kB",
    "without page",
    "gzip kB",
    "load ms",
    "first request ms",
    "together ms",
  ];
  console.log(`\nMedian of ${processes} fresh processes, Node ${process.version}\n`);
  console.log(`${columns(head, rows)}\n`);
} finally {
  await dynamodb.stop();
  await rm(folder, { recursive: true });
}

/**
 * DynamoDB Local for tests, the demo, the emulator and the benchmark: in memory, gone when it is
 * stopped, unless it is given a folder.
 *
 * DL1. `start` resolves only when the server has answered a request.
 * DL2. The server is this process's own child, or the one `DYNAMODB_ENDPOINT` names.
 * DL3. No server outlives the process that started it, whichever way that ends.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import dynamodbLocal from "dynamodb-local";
import { endWithThisProcess, findFreePort, isListening } from "./local-process.ts";

export interface DynamoLocal {
  readonly endpoint: string;
  /** Ends the server, and resolves when it is gone. Does nothing to one it did not start. */
  stop(): Promise<void>;
}

const PORTS_TO_TRY = 3;
const START_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 2_000;
const POLL_MS = 50;

// The server listens on every interface of the machine: it has no option or property to bind it to
// loopback. It holds test data only, for as long as a test run takes.
// The package's own types do not know of `-disableTelemetry`; it adds `-inMemory` or `-dbPath`.
const SERVER_OPTIONS = ["-sharedDb", "-disableTelemetry"] as Parameters<
  typeof dynamodbLocal.launch
>[2];

/** A server that lives for minutes never earns back what compiling its code twice costs. */
const JAVA_OPTION = "-XX:TieredStopAtLevel=1";

/** Starts DynamoDB Local on a free port, or takes the one that `DYNAMODB_ENDPOINT` names. */
export async function startDynamoLocal(): Promise<DynamoLocal> {
  const given = process.env["DYNAMODB_ENDPOINT"];
  if (given) return useGiven(given);

  prepare();
  for (let attempt = 1; attempt <= PORTS_TO_TRY; attempt++) {
    const server = await launch(await findFreePort());
    if (server) return server;
  }
  throw new Error(
    `DynamoDB Local did not start on any of ${PORTS_TO_TRY} ports. Look above for what Java printed, or set DYNAMODB_ENDPOINT to a server that runs.`,
  );
}

/** Starts a DynamoDB Local that finds in `folder` what one before it kept there. */
export async function startKeptDynamoLocal(folder: string, port: number): Promise<DynamoLocal> {
  prepare();
  const server = await launch(port, folder);
  if (server) return server;
  throw new Error(
    `DynamoDB Local did not start on port ${port} with its data in ${folder}. Look above for what Java printed.`,
  );
}

function prepare(): void {
  requireJava();
  const emulator = findEmulator();
  if (emulator) dynamodbLocal.configureInstaller({ installPath: emulator });
}

async function useGiven(endpoint: string): Promise<DynamoLocal> {
  if (!(await answers(endpoint))) {
    throw new Error(
      `No DynamoDB answers at DYNAMODB_ENDPOINT=${endpoint}. Start one there, or unset the variable to have one started.`,
    );
  }
  return { endpoint, stop: () => Promise.resolve() };
}

/** The package that launches the server reports a missing Java only by crashing this process. */
function requireJava(): void {
  const { status } = spawnSync("java", ["-version"], { stdio: "ignore" });
  if (status === 0) return;
  throw new Error(
    "DynamoDB Local needs Java, and there is no working `java` on the PATH. Install Java 17 or newer (Debian: apt install openjdk-17-jre-headless, macOS: brew install --cask temurin), or set DYNAMODB_ENDPOINT to a DynamoDB Local that already runs.",
  );
}

/** The copy of the server that AWS publishes on npm. Without it the launcher downloads one. */
function findEmulator(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(
      "amplify-dynamodb-simulator/package.json",
    );
    const emulator = join(dirname(manifest), "emulator");
    return existsSync(join(emulator, "DynamoDBLocal.jar")) ? emulator : undefined;
  } catch {
    return undefined;
  }
}

/** @returns `undefined` if the server did not come up, or another process took the port first */
async function launch(port: number, folder?: string): Promise<DynamoLocal | undefined> {
  const endpoint = `http://127.0.0.1:${port}`;
  const options = [...(SERVER_OPTIONS ?? [])];
  const at = folder ?? null;
  const child = await dynamodbLocal.launch(port, at, options, false, false, JAVA_OPTION);
  const { pid } = child;
  if (pid === undefined) return undefined;
  const gone = once(child, "exit");
  const dismissGuard = endWithThisProcess(pid);
  child.once("exit", dismissGuard);

  const stop = async (): Promise<void> => {
    dynamodbLocal.stop(port);
    await gone;
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    if (await answers(endpoint)) {
      // A server that lost the port to another one stays alive without listening.
      if (isListening(pid, port)) return { endpoint, stop };
      break;
    }
    await pause(POLL_MS);
  }
  await stop();
  return undefined;
}

/** Asks for the tables without the AWS SDK, which takes seconds to load in the set-up of a test run. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "DynamoDB_20120810.ListTables",
        authorization:
          "AWS4-HMAC-SHA256 Credential=local/20200101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local",
      },
      body: "{}",
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return "TableNames" in Object(await answer.json());
  } catch {
    return false;
  }
}

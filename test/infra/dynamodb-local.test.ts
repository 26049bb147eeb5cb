import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { startDynamoLocal } from "../../infra/dynamodb-local.ts";
import { createLocalClient } from "../../infra/local-client.ts";
import { endWithThisProcess, findFreePort, isListening } from "../../infra/local-process.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("DynamoDB Local", () => {
  it("answers the tests at the provided endpoint", async () => {
    const client = createLocalClient(inject("dynamodbEndpoint"));
    const { TableNames } = await client.send(new ListTablesCommand({}));
    client.destroy();
    expect(TableNames).toBeInstanceOf(Array);
  });

  it("is the one that DYNAMODB_ENDPOINT names, and then it is left running", async () => {
    const endpoint = inject("dynamodbEndpoint");
    vi.stubEnv("DYNAMODB_ENDPOINT", endpoint);
    const first = await startDynamoLocal();
    await first.stop();
    expect((await startDynamoLocal()).endpoint).toBe(endpoint);
  });

  it("is started on a port of its own, and stopped for good", async () => {
    vi.stubEnv("DYNAMODB_ENDPOINT", undefined);
    const server = await startDynamoLocal();
    expect(server.endpoint).not.toBe(inject("dynamodbEndpoint"));
    await server.stop();
    vi.stubEnv("DYNAMODB_ENDPOINT", server.endpoint);
    await expect(startDynamoLocal()).rejects.toThrow("No DynamoDB answers");
  });

  it("says what to install when there is no Java", async () => {
    vi.stubEnv("DYNAMODB_ENDPOINT", undefined);
    vi.stubEnv("PATH", "/nowhere");
    await expect(startDynamoLocal()).rejects.toThrow("Install Java 17");
  });
});

describe("a local process", () => {
  it("is known to listen, and told from another that does not", async () => {
    const port = await findFreePort();
    const source = `require("node:net").createServer().listen(${port}, () => console.log("up"))`;
    const child = spawn(process.execPath, ["--eval", source]);
    await once(child.stdout, "data");
    expect(isListening(child.pid ?? 0, port)).toBe(true);
    expect(isListening(process.pid, port)).toBe(false);
    child.kill();
    await once(child, "exit");
    expect(isListening(child.pid ?? 0, port)).toBe(false);
  });

  it("ends with the process that started it, even when that is killed", async () => {
    const orphan = spawn("sleep", ["60"]);
    const guard = new URL("../../infra/local-process.ts", import.meta.url);
    const source = `import(${JSON.stringify(guard.href)}).then((m) => {
      m.endWithThisProcess(${orphan.pid});
      process.stdout.write("guarded");
      setInterval(() => {}, 1000);
    })`;
    const parent = spawn(process.execPath, ["--import", "tsx", "--eval", source]);
    await once(parent.stdout, "data");
    expect(orphan.signalCode).toBeNull();
    parent.kill("SIGKILL");
    await once(orphan, "exit");
    expect(orphan.signalCode).toBe("SIGKILL");
  });

  it("is left alone once its guard is dismissed", async () => {
    const child = spawn("sleep", ["60"]);
    endWithThisProcess(child.pid ?? 0)();
    await pause(200);
    expect(child.signalCode).toBeNull();
    child.kill();
  });
});

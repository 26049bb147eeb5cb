import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test, vi } from "vitest";
import { listen } from "../http/listen.ts";
import { useDev } from "./dev-rig.ts";
import { runHere } from "./shell-here.ts";
import { PATIENTLY, projectFolder } from "./shell-process.ts";

const { write, start } = useDev();

const local = () => ({
  AWS_ENDPOINT_URL_DYNAMODB: inject("dynamodbEndpoint"),
  AWS_REGION: "local",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
});

const ORDER = `
import { existsSync } from "node:fs";
import { step, workflow } from "detent";
import { greeting } from "./lib/greeting";
enum Mood { Fine = "fine" }
const greet = step("greet", async (name: string): Promise<string> => {
  console.log("greeting", name);
  return greeting(name);
});
export const hello = workflow("hello", async (name: string) => ({ said: await greet(name), mood: Mood.Fine }));
const gate = step("gate", async () => {
  if (!existsSync("gate.open")) throw new Error("closed");
}, { retries: 10_000, backoff: { initial: "50ms", factor: 1, max: "50ms" } });
export const later = workflow("later", async (name: string) => {
  await gate();
  return await greet(name);
});
`;
const greeting = (word: string): string =>
  `export const greeting = (name: string): string => \`${word}, \${name}\`;`;

describe("detent dev", () => {
  test("serves the user's own TypeScript, loads it again, and loses no run by that", async () => {
    write("src/lib/greeting.ts", greeting("Hello"));
    write("src/workflows.ts", ORDER);
    const { client, ready, said, interrupt } = await start([]);
    expect(ready).toMatchObject({ module: "src/workflows.ts", store: "memory" });
    expect(ready["workflows"]).toEqual(["hello", "later"]);
    const hello = await client.start("hello", "Ada");
    expect(await hello.result()).toEqual({ said: "Hello, Ada", mood: "fine" });

    const later = await client.start("later", "Bo");
    write("src/lib/greeting.ts", greeting("Bye"));
    const says = async (text: string): Promise<boolean> => {
      const again = await client.start("hello", "Ada");
      return JSON.stringify(await again.result()).includes(text);
    };
    await vi.waitUntil(() => says("Bye, Ada"), PATIENTLY);
    write("gate.open", "");
    expect((await client.getRun(hello.runId)).output).toMatchObject({ said: "Hello, Ada" });
    expect(await later.result()).toBe("Bye, Bo");

    write("src/lib/greeting.ts", "export const greeting = (");
    await said(/workflows\.ts cannot be loaded\.\nParseError: .*greeting\.ts/);
    expect(await (await client.start("later", "Cy")).result()).toBe("Bye, Cy");
    write("src/lib/greeting.ts", greeting("Welcome back"));
    await vi.waitUntil(() => says("Welcome back"), PATIENTLY);
    const { code, stdout } = await interrupt();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(ready);
  });

  test("keeps the runs of a DynamoDB store for the next time", async () => {
    const module = write(
      "jobs.mjs",
      `import { workflow } from "detent";
      export const workflows = [workflow("job", async () => "done")];`,
    );
    const args = ["--module", module, "--store", "dynamodb", "--table", `dev-${randomUUID()}`];
    const first = await start(args, { ...local(), DETENT_TOKEN: "mine" });
    expect(first.ready["token"]).toBe("mine");
    const { runId } = await first.client.start("job");
    expect(await first.client.result(runId)).toBe("done");
    // The AWS SDK has no word to say to whoever types the command.
    expect((await first.interrupt()).stderr).not.toContain("Warning");
    const second = await start(args, local());
    expect(await second.client.getRun(runId)).toMatchObject({ status: "completed" });
    expect((await second.interrupt()).code).toBe(0);
  });

  test("tells of runs as they go: log lines, retries, failures with the user's own frames", async () => {
    const module = write(
      "tells.ts",
      `import { getContext, step, workflow } from "detent";
      let tries = 0;
      const flaky = step("flaky", async () => {
        getContext().logger.info("about to try", { tries });
        tries += 1;
        if (tries < 2) throw new TypeError("not yet, dear");
        return "secret result";
      }, { backoff: { initial: "1ms", factor: 1, max: "1ms" } });
      const broken = step("broken", async () => { throw new Error("out of paper"); }, { retries: 0 });
      export const tells = workflow("tells", async () => {
        getContext().logger.info("the code begins");
        await flaky();
        await broken();
      });`,
    );
    const { client, interrupt } = await start(["--module", module]);
    const { runId } = await client.start("tells");
    await client.waitForEnd(runId);
    const { stderr, stdout } = await interrupt();
    const lines = stderr.split("\n").filter((line) => line.includes(runId));
    expect(lines.map((line) => line.slice(line.indexOf(runId) + runId.length).trim())).toEqual([
      "started",
      "the code begins",
      "step flaky  about to try tries=0",
      expect.stringMatching(/^step flaky {2}failed after \S+: TypeError: not yet, dear$/),
      expect.stringMatching(/^step flaky {2}tried again in \S+$/),
      "step flaky (attempt 2)  about to try tries=1",
      expect.stringMatching(/^step flaky \(attempt 2\) {2}completed after \S+$/),
      expect.stringMatching(/^step broken {2}failed after \S+: Error: out of paper$/),
      expect.stringMatching(/^failed: StepFailedError: .*out of paper/),
    ]);
    const frames = stderr.split("\n").filter((line) => /^ +at /.test(line));
    expect(frames[0]).toContain("tells.ts");
    expect(frames.join("\n")).not.toMatch(/run-dev|node_modules|node:/);
    expect(stderr).not.toContain("secret result");
    expect(JSON.parse(stdout)).toBeTypeOf("object");
  });

  test("tells as much as --log-level says", async () => {
    const module = write(
      "quiet.ts",
      `import { getContext, workflow } from "detent";
      export const quiet = workflow("quiet", async () => {
        getContext().logger.info("not so loud");
        getContext().logger.warn("mind the gap");
      });`,
    );
    const { client, interrupt } = await start(["--module", module, "--log-level", "warn"]);
    await client.waitForEnd((await client.start("quiet")).runId);
    const { stderr } = await interrupt();
    expect(stderr).toContain("mind the gap");
    expect(stderr).not.toMatch(/not so loud|started|completed/);
  });

  test("keeps its token, for itself and for the shell, readable by nobody else", async () => {
    const module = write(
      "kept.mjs",
      `import { workflow } from "detent";
      export const kept = workflow("kept", async () => "done");`,
    );
    const home = projectFolder("home");
    const env = { HOME: home };
    const first = await start(["--module", module], env);
    const url = String(first.ready["url"]);
    const { code } = await runHere(["workflows", "list", "--url", url], { env });
    expect(code).toBe(0);
    await first.interrupt();
    const second = await start(["--module", module], env);
    expect(second.ready["token"]).toBe(first.ready["token"]);
    expect(statSync(join(home, ".config/detent/token")).mode & 0o777).toBe(0o600);
    await second.interrupt();
  });

  test("names a start that works, made from the schema", async () => {
    const module = write(
      "schema.ts",
      `import { workflow } from "detent";
      import * as z from "zod";
      const input = z.object({ orderId: z.string().min(5), lines: z.array(z.object({ sku: z.string().regex(/^[A-Z]{3}$/), count: z.int().min(2) })).min(1), note: z.string().optional() });
      export const order = workflow("order", async ({ orderId }) => orderId, { input });`,
    );
    const { ready, client, interrupt } = await start(["--module", module]);
    const { name, input } = ready["example"] as { name: string; input: string };
    expect(name).toBe("order");
    expect(JSON.parse(input)).toEqual({ orderId: "123xx", lines: [{ sku: "ABC", count: 2 }] });
    expect(await client.result(await client.start(name, JSON.parse(input)))).toBe("123xx");
    await interrupt();
  });

  test("ends although a step hangs", async () => {
    const module = write(
      "hangs.ts",
      `import { step, workflow } from "detent";
      const hang = step("hang", () => new Promise(() => setInterval(() => {}, 1000)));
      export default workflow("hangs", () => hang());`,
    );
    const { client, interrupt } = await start(["--module", module]);
    const { runId } = await client.start("hangs");
    await vi.waitUntil(async () => (await client.getRun(runId)).status === "running", PATIENTLY);
    expect((await interrupt()).code).toBe(0);
  });
});

describe("detent dev cannot start", () => {
  const dev = async (module: string, ...more: string[]) => {
    const args = ["dev", "--module", module, "-o", "json", ...more];
    const { code, stdout } = await runHere(args);
    return { code, ...JSON.parse(stdout).error };
  };

  test.each([
    [
      "throws",
      `throw new Error("out of paper");`,
      /cannot be loaded\.\nError: out of paper\n +at /,
    ],
    ["is not TypeScript", "export const a = {", /cannot be loaded\.\nParseError: /],
    ["imports what is not there", `import "./nowhere";`, /cannot be loaded\..*\n?.*nowhere/],
  ])("with a module that %s", async (what, source, message) => {
    const failed = await dev(write(`bad/${what.replaceAll(" ", "-")}.ts`, source));
    expect(failed).toMatchObject({ code: "module.failed" });
    expect(failed.message).toMatch(message);
  });

  test("with a module without workflows", async () => {
    const failed = await dev(write("bad/none.ts", "export const a = 1, order = () => {};"));
    expect(failed.code).toBe("module.empty");
    expect(failed.message).toMatch(/exports a, order, and no workflow\. Export one: export const/);
  });

  test("with one workflow twice", async () => {
    const module = write(
      "bad/twice.ts",
      `import { workflow } from "detent";
      export const a = workflow("same", async () => 1);
      export const b = workflow("same", async () => 2);`,
    );
    expect(await dev(module)).toMatchObject({
      code: "configuration.invalid",
      message: expect.stringContaining('"same" version "1" is registered twice'),
    });
  });

  test("on a port that is taken", async () => {
    const module = write(
      "good.ts",
      `import { workflow } from "detent";
      export const a = workflow("a", async () => 1);`,
    );
    const port = await listen({ fetch: () => new Response() });
    expect(await dev(module, "--port", String(port))).toMatchObject({
      code: "port.taken",
      message: expect.stringMatching(/^Port \d+ is taken.*--port 0 takes any that is free\.$/),
    });
  });
});

describe("table create", () => {
  test("makes the table, and leaves one alone that is there", async () => {
    const table = `shell-${randomUUID()}`;
    for (const [name, value] of Object.entries(local())) vi.stubEnv(name, value);
    const args = ["table", "create", "--region", "local", "--endpoint", inject("dynamodbEndpoint")];
    for (const format of ["json", "plain"]) {
      const { code, stdout } = await runHere([...args, "-o", format], {
        env: { DETENT_TABLE: table },
      });
      expect(code).toBe(0);
      if (format === "json") expect(JSON.parse(stdout)).toEqual({ table, status: "ready" });
      else expect(stdout).toBe(`${table}\tready\n`);
    }
    const elsewhere = [...args.slice(0, -1), "http://127.0.0.1:9", "--table", table, "-o", "json"];
    const { code, stdout } = await runHere(elsewhere);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "table.failed",
      message: expect.stringMatching(/could not be created at http:\/\/127\.0\.0\.1:9: .*ECONN/),
    });
    vi.unstubAllEnvs();
  });
});

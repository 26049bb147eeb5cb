/** The suite that every runtime passes. Each run of this file is for one of them. */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { createLocalClient } from "../infra/local-client.ts";
import { createTable } from "../src/adapters/dynamodb/index.ts";
import { ASSETS } from "../src/http/page/assets.ts";
import { isCancellation, StepFailedError } from "../src/index.ts";
import { type Client, createClient } from "./client.ts";
import { runProgram } from "./program.ts";
import { findRuntime, type Runtime } from "./runtimes.ts";
import { type Server, startServer } from "./server.ts";

declare module "vitest" {
  interface ProvidedContext {
    runtime: Runtime;
  }
}

const runtime = inject("runtime");
/** The runtimes that have to be there: their names, or `all`. The others are skipped. */
const required = process.env["DETENT_RUNTIMES"]?.split(/[\s,]+/) ?? [];
const isRequired = required.includes(runtime) || required.includes("all");

const env = {
  DYNAMODB_ENDPOINT: inject("dynamodbEndpoint"),
  TABLE: `runtime-${runtime}-${randomUUID()}`,
  SECRET: randomUUID(),
  TOKEN: randomUUID(),
};

let server: Server;
let client: Client;
let sweeping: AbortController;
const failedSweeps: unknown[] = [];

/** As a cron trigger would, only more often. */
async function keepSweeping({ sweep }: Client, { signal }: AbortController): Promise<void> {
  while (!signal.aborted) {
    await sweep().catch((error) => signal.aborted || failedSweeps.push(error));
    await pause(200);
  }
}

async function open(): Promise<void> {
  server = await startServer({ runtime, cwd: inject("app"), env });
  client = createClient(server.url, env.TOKEN);
  sweeping = new AbortController();
  void keepSweeping(client, sweeping);
}

async function kill(): Promise<void> {
  sweeping.abort();
  await server.kill();
}

const CLEAN_UP = [
  "cancellation.delivered",
  "step.started release",
  "step.completed release",
  "sleep.started",
  "sleep.completed",
  "step.started refund",
  "step.completed refund",
  "workflow.cancelled",
];

describe.runIf(isRequired || findRuntime(runtime))("Detent", () => {
  beforeAll(async () => {
    const dynamodb = createLocalClient(env.DYNAMODB_ENDPOINT);
    await createTable({ client: dynamodb, tableName: env.TABLE });
    dynamodb.destroy();
    await open();
    return async () => {
      await kill();
      expect(failedSweeps).toEqual([]);
    };
  });
  beforeEach(({ onTestFailed }) => onTestFailed(() => console.error(server.printed())));

  describe.concurrent("a run", () => {
    test("runs its steps in parallel, and has their results in order", async () => {
      const runId = await client.start("parallel", 12);
      const { status, output } = await client.untilEnded(runId);
      expect(status).toBe("completed");
      expect(output).toEqual(Array.from({ length: 12 }, (_, n) => 2 * n));
    });

    test("sleeps", async () => {
      const { output } = await client.untilEnded(await client.start("nap"));
      expect(output).toBeGreaterThanOrEqual(300);
    });

    test("waits for payloads from outside", async () => {
      const runId = await client.start("asking");
      await client.untilEvent(runId, "hook.created");
      await client.answer(runId, "first", new Date(5));
      await client.answer(runId, "second", new Map([["a", 1n]]));
      const { output } = await client.untilEnded(runId);
      expect(output).toEqual([new Map([["a", 1n]]), new Date(5)]);
    });

    test("has its children at work, and their results", async () => {
      const { output } = await client.untilEnded(await client.start("parents", [2, 9, 3]));
      expect(output).toEqual([new Set([0, 2]), "failed", new Set([0, 2, 4])]);
    });

    test("receives messages in their order, and each once", async () => {
      const runId = await client.start("hearing");
      await client.untilEvent(runId, "receive.started");
      const messages = [new Date(5), new Map([["a", 1n]]), "last"];
      for (const [index, message] of messages.entries()) {
        const answers = [await client.tell(runId, `m${index}`, message)];
        if (index < 2) answers.push(await client.tell(runId, `m${index}`, message));
        expect(answers.map(({ duplicate }) => duplicate)).toEqual(
          [false, true].slice(0, answers.length),
        );
      }
      expect((await client.untilEnded(runId)).output).toEqual(messages);
    });

    test("tries a step again that failed", async () => {
      const runId = await client.start("retried");
      expect((await client.untilEnded(runId)).output).toBeGreaterThanOrEqual(3);
      expect(await client.story(runId)).toContain("step.retrying fail");
    });

    test("has its values back as they were", async () => {
      const value = {
        date: new Date("2030-01-31T12:00:00.123Z"),
        map: new Map<unknown, unknown>([["a", new Set([1n, -0, Number.NaN])]]),
        big: 2n ** 70n,
        bytes: new Uint8Array([1, 2, 255]),
        nothing: undefined,
        error: new RangeError("too far", { cause: new Error("why") }),
      };
      const { output } = await client.untilEnded(await client.start("kept", value));
      expect(output).toEqual(value);
      // Of its stack the frames of the user's own code, of which this file is the only one.
      const stack = expect.stringMatching(
        /^RangeError: too far(\n +at .*\/suite\.test\.ts:\d+:\d+\)?)+$/,
      );
      expect(output).toMatchObject({ error: { stack } });
    });

    test("catches what its step threw", async () => {
      const { output } = await client.untilEnded(await client.start("thrown"));
      expect(output).toBeInstanceOf(Error);
      expect(output).toMatchObject({
        name: "OutOfStockError",
        message: "nothing left",
        left: 0n,
        cause: { name: "FatalError", message: "no supplier" },
      });
    });

    test("keeps its context apart from another run's", async () => {
      const gate = randomUUID();
      const runIds = await Promise.all([1, 2].map(() => client.start("contexts", gate)));
      await client.open(gate);
      for (const runId of runIds) {
        const { output } = await client.untilEnded(runId);
        expect(output).toEqual(Array.from({ length: 28 }, () => runId));
      }
    });

    test("goes on only when the microtasks of its code have settled", async () => {
      const { output } = await client.untilEnded(await client.start("settling"));
      expect(output).toEqual(["long", "short"]);
      expect(await client.settleInMemory()).toEqual(["long", "short"]);
    });
  });

  describe.concurrent("a cancelled run", () => {
    test("wakes from its sleep, and cleans up", async () => {
      const runId = await client.start("asleep", "order");
      await client.untilEvent(runId, "sleep.started");
      await client.cancel(runId);
      const { status, cancellation } = await client.untilEnded(runId);
      expect(status).toBe("cancelled");
      expect(cancellation).toMatchObject({
        reason: "enough",
        requestedBy: "alice",
        checkpoint: "sleep",
        cleanup: { steps: 2, finished: true },
      });
      expect(await client.story(runId)).toEqual([
        "workflow.started",
        "sleep.started",
        "cancellation.requested",
        "sleep.cancelled",
        ...CLEAN_UP,
      ]);
    });

    test("lets its step finish, starts no other, and cleans up", async () => {
      const gate = randomUUID();
      const runId = await client.start("mid-step", gate);
      await client.untilEvent(runId, "step.started");
      await client.cancel(runId);
      expect((await client.run(runId)).status).toBe("cancelling");
      await client.open(gate);
      expect((await client.untilEnded(runId)).status).toBe("cancelled");
      expect(await client.story(runId)).toEqual([
        "workflow.started",
        "step.started work",
        "cancellation.requested",
        "step.completed work",
        ...CLEAN_UP,
      ]);
    });

    test.each([
      ["stops a long step at checkCancellation()", "checking", "check"],
      ["stops a step that listens to its signal", "listening", "listen"],
    ])("%s", async (_, workflow, step) => {
      const runId = await client.start(workflow);
      await client.untilEvent(runId, "step.started");
      await client.cancel(runId);
      expect((await client.untilEnded(runId)).status).toBe("cancelled");
      expect(await client.story(runId)).toEqual([
        "workflow.started",
        `step.started ${step}`,
        "cancellation.requested",
        `step.cancelled ${step}`,
        ...CLEAN_UP,
      ]);
      const cancelled = (await client.events(runId)).find((each) => each.type === "step.cancelled");
      expect(isCancellation(cancelled?.error)).toBe(true);
    });
  });

  test("the typed client works on this runtime too", async () => {
    expect(await client.useClient()).toEqual({
      kept: [5, "10", ["a"]],
      isTimeout: true,
      cancelled: "cancelled",
      last: "workflow.cancelled",
      isMissing: true,
      givenUp: "given up",
    });
  });

  test("a request without its token or its signature is refused", async () => {
    const body = JSON.stringify({ runId: "run_none" });
    const headers = { "Detent-Signature": `t=${Date.now()},v1=${"0".repeat(64)}` };
    const post = { method: "POST", body, headers };
    expect((await fetch(`${server.url}/runs`)).status).toBe(401);
    expect((await fetch(`${server.url}/continuations`, post)).status).toBe(401);
  });

  test("the web page comes whole, compressed and as it is", async () => {
    const page = await (await fetch(`${server.url}/ui`)).text();
    for (const [name, { gzip }] of Object.entries(ASSETS)) {
      expect(page).toContain(`ui/${name}`);
      const content = gunzipSync(Buffer.from(gzip, "base64")).toString();
      for (const encoding of ["gzip", "identity"]) {
        const headers = { "Accept-Encoding": encoding };
        const response = await fetch(`${server.url}/ui/${name}`, { headers });
        expect(response.headers.get("content-encoding") ?? "identity").toBe(encoding);
        expect(await response.text()).toBe(content);
      }
    }
  });

  test("a rejection that the engine causes, and nobody hears yet, ends nothing", async () => {
    const gate = randomUUID();
    const instance = await client.instance();
    const runId = await client.start("unheard", gate);
    await client.untilEvent(runId, "step.failed");
    await pause(100);
    await client.open(gate);
    expect((await client.untilEnded(runId)).output).toBe(StepFailedError.name);
    expect(await client.instance()).toBe(instance);
    expect(server.printed()).not.toMatch(/unhandled/i);
  });

  test("a server that is killed while a step executes loses nothing", async () => {
    const gate = randomUUID();
    const runId = await client.start("drawing", gate);
    const asleep = await client.start("nap");
    await client.untilEvent(runId, "step.completed");
    await pause(100);
    await kill();
    await open();
    await client.open(gate);
    const { drawn, first } = (await client.untilEnded(runId)).output as Record<string, unknown>;
    expect(drawn).toEqual([
      expect.any(Date),
      expect.any(Number),
      expect.any(String),
      expect.any(Number),
    ]);
    expect(drawn).toEqual(first);
    expect((await client.untilEnded(asleep)).status).toBe("completed");
  });

  test.skipIf(runtime === "workerd")(
    "a rejection that is not the engine's ends the process",
    async () => {
      sweeping.abort();
      await client.reject();
      await server.ended;
      expect(server.printed()).toMatch(/This rejection is not the engine's/);
    },
  );

  // Deno knows the mode by which it goes alone, and workerd reports none.
  const flagless = { deno: ["throw"], workerd: [] }[runtime as string];
  const modes = flagless ?? ["throw", "strict", "warn", "warn-with-error-code", "none"];

  describe.each(modes)("in the mode %s of rejections", (mode) => {
    const flags = flagless ? [] : [`--unhandled-rejections=${mode}`];
    const run = (env: Record<string, string>) =>
      runProgram({ runtime, flags, program: "rejections.mjs", cwd: inject("app"), env });
    const SAID = "CancellationError\nStepFailedError\nStepFailedError\n";

    test("nothing is said of those that the engine causes", async () => {
      expect(await run({})).toEqual({ code: 0, printed: SAID });
    });

    test("all is said of others", async () => {
      const { code, printed } = await run({ THEIRS: "yes" });
      const isFatal = mode === "throw" || mode === "strict";
      expect(printed.startsWith(SAID)).toBe(true);
      // What ends Bun lets timers that are set already come first.
      if (runtime !== "bun") expect(/^still alive$/m.test(printed)).toBe(!isFatal);
      expect(code).toBe(isFatal || mode === "warn-with-error-code" ? 1 : 0);
      const warnings = printed.match(/UnhandledPromiseRejectionWarning: Error: This/g) ?? [];
      // Bun warns of what ends it, too.
      const isWarned = mode.startsWith("warn") || (runtime === "bun" && mode === "strict");
      expect(warnings.length).toBe(isWarned ? 1 : 0);
      expect(printed.includes("is not the engine's")).toBe(mode !== "none");
    });
  });
});

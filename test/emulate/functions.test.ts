/** An emulated function behaves as one in Lambda does. */
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../until.ts";
import { type FunctionFiles, openFunctionFiles } from "./function-files.ts";

let files: FunctionFiles;
beforeEach(() => {
  files = openFunctionFiles();
});
afterEach(() => files.end());

describe("a function", () => {
  it("has the variables it is given, no others, and cannot change them", async () => {
    const pool = files.open(
      `let refused = false;
       try { process.env.NEW = "1"; } catch { refused = true; }
       return { env: { ...process.env }, refused };`,
      { environment: { DETENT_TABLE: "runs", AWS_REGION: "here" } },
    );
    expect(await pool.invoke({})).toEqual({
      env: { DETENT_TABLE: "runs", AWS_REGION: "here" },
      refused: true,
    });
  });

  it("is started once, reused while it is warm, and gets one event at a time", async () => {
    const pool = files.open(
      `if (busy) throw new Error("two at once");
       busy = true;
       await new Promise((resolve) => setTimeout(resolve, 30));
       busy = false;
       return [process.pid, ++count, event];`,
      { before: "let count = 0; let busy = false;", most: 1 },
    );
    const answers = await Promise.all([1, 2, 3].map((event) => pool.invoke(event)));
    const pid = pool.instances[0]?.pid;
    expect(answers).toEqual([
      [pid, 1, 1],
      [pid, 2, 2],
      [pid, 3, 3],
    ]);
  });

  it("has as many instances as it needs, and no more than it may", async () => {
    const pool = files.open(
      "await new Promise((resolve) => setTimeout(resolve, 300)); return process.pid;",
    );
    const pids = await Promise.all(Array.from({ length: 5 }, () => pool.invoke({})));
    expect(new Set(pids).size).toBe(2);
    expect(pool.instances).toHaveLength(2);
  });

  it("knows how much of its time is left", async () => {
    const pool = files.open(
      `const first = context.getRemainingTimeInMillis();
       await new Promise((resolve) => setTimeout(resolve, 100));
       return [first, context.getRemainingTimeInMillis()];`,
    );
    const [first, second] = (await pool.invoke({})) as [number, number];
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(20_000);
    expect(second).toBeLessThanOrEqual(first - 90);
  });

  it("is killed when its time is up, even while it blocks, and replaced by a new one", async () => {
    const pool = files.open("while (event === 'spin'); return process.pid;", { timeoutMs: 700 });
    const before = await pool.invoke("work");
    await expect(pool.invoke("spin")).rejects.toThrow("Task timed out after 0.70 seconds");
    expect(pool.instances).toEqual([]);
    expect(await pool.invoke("work")).not.toBe(before);
  });

  it("is frozen between two events", async () => {
    const pool = files.open("look(); const was = longest; longest = 0; return was;", {
      before: `
        let last = Date.now();
        let longest = 0;
        const look = () => {
          longest = Math.max(longest, Date.now() - last);
          last = Date.now();
        };
        setInterval(look, 5);`,
    });
    await pool.invoke({});
    await pause(1_000);
    // The longest time without a tick.
    expect(await pool.invoke({})).toBeGreaterThan(500);
  });

  it("passes on what it throws, and lives on", async () => {
    const pool = files.open('if (event) throw new Error("no"); return process.pid;');
    const pid = await pool.invoke(false);
    await expect(pool.invoke(true)).rejects.toThrow("Error: no");
    expect(await pool.invoke(false)).toBe(pid);
  });

  it("that dies fails its event alone", async () => {
    const pool = files.open("if (event) process.exit(3); return 1;");
    await expect(pool.invoke(true)).rejects.toThrow("Runtime exited with code 3");
    expect(await pool.invoke(false)).toBe(1);
  });

  it("that cannot be loaded fails every event, and its output says why", async () => {
    const pool = files.open("", { before: 'throw new Error("DETENT_TABLE is missing");' });
    await expect(pool.invoke({})).rejects.toThrow("Runtime exited with code 1");
    await until(() => files.printed.some((line) => line.includes("DETENT_TABLE is missing")));
    const other = files.open("", { handler: "main" });
    await expect(other.invoke({})).rejects.toThrow("Runtime exited with code 1");
    await until(() => files.printed.some((line) => line.includes('exports no function "main"')));
  });

  it("prints with its name and process before each line", async () => {
    const pool = files.open('console.log("one\\ntwo"); console.error("three");');
    await pool.invoke({});
    const [instance] = pool.instances;
    await until(() => files.printed.length === 3);
    expect([...files.printed].sort()).toEqual(
      ["one", "three", "two"].map((line) => `test ${instance?.pid} | ${line}`),
    );
  });

  it("may have a clock that is ahead", async () => {
    const pool = files.open("return [Date.now(), new Date().getTime(), new Date(5).getTime()];", {
      nextSkewMs: () => 3_600_000,
    });
    const [now = 0, created = 0, given] = (await pool.invoke({})) as number[];
    for (const time of [now, created]) {
      expect(time - Date.now()).toBeGreaterThan(3_590_000);
      expect(time - Date.now()).toBeLessThanOrEqual(3_600_000);
    }
    expect(given).toBe(5);
  });

  it("is given 6 MB at the most", async () => {
    const pool = files.open("return event.length;");
    const most = 6 * 1024 * 1024 - 2;
    expect(await pool.invoke("x".repeat(most))).toBe(most);
    await expect(pool.invoke("x".repeat(most + 1))).rejects.toThrow(
      "Request must be smaller than 6291456 bytes",
    );
    await expect(pool.invoke("ü".repeat(most / 2 + 1))).rejects.toThrow("must be smaller");
    expect(await pool.invoke("x")).toBe(1);
  });

  it("answers 6 MB at the most, and lives on when that was too much", async () => {
    const pool = files.open('return "x".repeat(event);');
    const most = 6_291_556 - 2;
    expect(await pool.invoke(most)).toHaveLength(most);
    await expect(pool.invoke(most + 1)).rejects.toThrow(
      "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    );
    expect(await pool.invoke(1)).toBe("x");
    expect(pool.instances).toHaveLength(1);
  });

  it("is gone when the pool has ended, and no other is started", async () => {
    const pool = files.open("return process.pid;");
    const pid = Number(await pool.invoke({}));
    await pool.end();
    await expect(pool.invoke({})).rejects.toThrow("not there any more");
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});

import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import {
  ConfigurationError,
  getContext,
  InvalidInputError,
  patched,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";

describe("a workflow", () => {
  test("is a name, a version and its code", async () => {
    const order = workflow("order", async (id: number) => id * 2);
    expect(order).toMatchObject({
      name: "order",
      version: "1",
      input: undefined,
      output: undefined,
      maxDurationMs: undefined,
    });
    expect(await order.run(4)).toBe(8);
  });

  test("has the options it was given, and takes undefined for each", () => {
    const input = z.object({ id: z.string() });
    const output = z.number();
    const order = workflow("order", async () => 5, {
      input,
      output,
      version: "2024-05",
      maxDuration: "1h 30m",
    });
    expect(order).toMatchObject({ version: "2024-05", maxDurationMs: 5_400_000 });
    expect(order.input).toBe(input);
    expect(order.output).toBe(output);
    const unset = { input: undefined, output: undefined, version: undefined };
    expect(workflow("order", async () => 5, { ...unset, maxDuration: undefined })).toMatchObject({
      version: "1",
    });
  });

  test("can be tried by calling its code: its steps are plain functions then", async () => {
    const charge = step("charge", async (id: number) => `charged ${id}`);
    const order = workflow("order", async (id: number) => {
      await sleep(1);
      return await shield(() => charge(id));
    });
    expect(await order.run(7)).toBe("charged 7");
  });

  test.each(["", undefined, null, 5, "a\nb", "x".repeat(257)])(
    "needs a name, and %j is none",
    (name) => {
      expect(() => workflow(name as never, async () => {})).toThrow(ConfigurationError);
    },
  );

  test.each([null, 5, "string", {}, { type: "object" }, { "~standard": {} }])(
    "takes Standard Schemas, and %j is none",
    (schema) => {
      for (const option of ["input", "output"]) {
        const options = { [option]: schema } as object;
        expect(() => workflow("order", async () => {}, options)).toThrow(ConfigurationError);
      }
    },
  );

  test.each([undefined, null, "code", {}])("needs code, and %s is none", (code) => {
    expect(() => workflow("order", code as never)).toThrow(ConfigurationError);
  });

  test.each(["", 2, null])("cannot have version %j", (version) => {
    expect(() => workflow("order", async () => {}, { version: version as never })).toThrow(
      ConfigurationError,
    );
  });

  test("has the patches that it names, and none else", () => {
    const patches = ["fraud-check", "new-tax"];
    const order = workflow("order", async () => {}, { patches });
    patches.push("later");
    expect(order.patches).toEqual(["fraud-check", "new-tax"]);
    expect(workflow("order", async () => {}, { patches: undefined }).patches).toEqual([]);
  });

  test("has a limit of events, 50,000 unless it says", () => {
    const limitOf = (limits?: { events?: number | undefined }) =>
      workflow("order", async () => {}, { limits }).eventLimit;
    expect([limitOf({ events: 200 }), limitOf({}), limitOf()]).toEqual([200, 50_000, 50_000]);
    for (const events of [0, -1, 1.5, "9", null, 1_000_001, Number.NaN]) {
      expect(() => limitOf({ events: events as never })).toThrow(ConfigurationError);
    }
  });

  test.each([
    ["fraud-check", "must be a list of at most 100 texts"],
    [[""], "each text of 1 to 256 characters"],
    [[5], "each text of 1 to 256 characters"],
    [["a\nb"], "each text of 1 to 256 characters"],
    [null, "must be a list"],
    [Array.from({ length: 101 }, (_, n) => `patch-${n}`), "at most 100"],
    [["a", "b", "a"], 'names the patch "a" twice'],
  ])("cannot have the patches %j", (patches, why) => {
    const define = () => workflow("order", async () => {}, { patches: patches as never });
    expect(define).toThrow(ConfigurationError);
    expect(define).toThrow(why);
  });

  test.each([-1, "", "soon", Number.NaN, Number.POSITIVE_INFINITY])(
    "cannot have a maxDuration of %s",
    (maxDuration) => {
      expect(() => workflow("order", async () => {}, { maxDuration })).toThrow(InvalidInputError);
    },
  );
});

describe("outside of any run", () => {
  test("there is no context", () => {
    expect(() => getContext()).toThrow(ConfigurationError);
  });

  test("a sleep is a plain timer", async () => {
    await sleep(1);
    await sleep("1ms");
    await sleep(new Date(Date.now() + 1));
    await sleep(new Date(0));
  });

  test.each([-1, Number.NaN, "soon", "", new Date(Number.NaN), null, {}])(
    "a sleep of %s is refused",
    async (duration) => {
      await expect(sleep(duration as never)).rejects.toBeInstanceOf(InvalidInputError);
    },
  );

  test("the code is as new as can be: every patch is there", async () => {
    expect(patched("fraud-check")).toBe(true);
    const order = workflow("order", async () => (patched("fraud-check") ? "new" : "old"));
    expect(await order.run()).toBe("new");
  });

  test.each([undefined, null, 5, "", "a\nb"])("the id of a patch cannot be %j", (id) => {
    expect(() => patched(id as never)).toThrow(ConfigurationError);
  });

  test("a step does not ask for a patch: its workflow does, and tells it", async () => {
    const charge = step("charge", async () => patched("fraud-check"));
    await expect(charge()).rejects.toThrow('patched("fraud-check") was called in a step');
  });

  test("a shield just calls its function", async () => {
    expect(await shield(() => 5)).toBe(5);
    expect(await shield(async () => "five")).toBe("five");
    await expect(shield(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(
      shield(() => {
        throw new Error("sync");
      }),
    ).rejects.toThrow("sync");
  });
});

/** How deep a value may nest: the same in every process, however warm it is and however little stack it has. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { DEEPEST_VALUE } from "../../src/core/bounds.ts";
import { SerializationError } from "../../src/core/errors.ts";
import { readable } from "../../src/core/readable.ts";
import { decode, encode, encodeError } from "../../src/core/value.ts";
import { kept } from "./kept.ts";
import { NESTINGS, nested } from "./nested.ts";

const inProcess = promisify(execFile);

describe.each(Object.keys(NESTINGS))("a value nested in %s", (kind) => {
  test("is kept to the documented depth and refused from there on, and so is each part of it", () => {
    const deepest = nested(kind, DEEPEST_VALUE);
    expect(kept(deepest)).toStrictEqual(deepest);
    for (const more of [1, 10, 1_000, 100_000]) {
      const attempt = () => encode(nested(kind, DEEPEST_VALUE + more), "a value");
      expect(attempt).toThrow(SerializationError);
      expect(attempt).toThrow(`nested too deeply: at most ${DEEPEST_VALUE} levels`);
    }
    expect(() => encode({ deepest }, "a value")).toThrow(SerializationError);
  });
});

describe("how deep a value is nested", () => {
  test("does not depend on how often something was encoded before", () => {
    const attempt = () => encode(nested("objects", DEEPEST_VALUE + 1), "a value");
    for (let times = 0; times < 2_000; times++) expect(attempt).toThrow(SerializationError);
  });

  test("is counted along the longest way, whichever is met first", () => {
    const half = nested("arrays", DEEPEST_VALUE / 2);
    const deeper = [nested("arrays", 1), [[half]]];
    let around: unknown = half;
    for (let level = 0; level < DEEPEST_VALUE / 2; level++) around = [around];
    expect(() => encode([half, around], "a value")).toThrow(SerializationError);
    expect(() => encode([around, half], "a value")).toThrow(SerializationError);
    expect(kept([half, deeper, half])).toStrictEqual([half, deeper, half]);
  });

  test("is not counted for what is wide, for text, or along a cycle", () => {
    const wide = Array.from({ length: 5_000 }, (_, id) => ({ id }));
    expect(kept(wide)).toStrictEqual(wide);
    const ring: { next?: unknown } = {};
    ring.next = ring;
    expect(kept(ring)).toStrictEqual(ring);
    const list: { next?: unknown }[] = Array.from({ length: DEEPEST_VALUE + 10 }, () => ({}));
    for (const [index, item] of list.entries()) item.next = list[(index + 1) % list.length];
    expect(() => encode(list[0], "a value")).toThrow(SerializationError);
  });

  test("names where it is, and not at length", () => {
    const attempt = () => encode({ order: nested("objects", 5_000) }, "The result");
    expect(attempt).toThrow(/^The result cannot be kept at \.order\.a\.a\.a.*…: it is nested/);
    expect(attempt).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,700}$/) }),
    );
  });
});

describe("what an error holds is cut where it is too deep:", () => {
  test("a field", () => {
    const error = Object.assign(new Error("no"), { deep: nested("objects", 5_000), id: 7 });
    expect(decode(encodeError(error))).toMatchObject({ message: "no", id: 7 });
    expect(kept({ error }).error).not.toHaveProperty("deep");
  });

  test("its causes", () => {
    let error = new Error("first");
    for (let times = 0; times < 1_000; times++) error = new Error("again", { cause: error });
    let depth = 0;
    let at: unknown = decode(encodeError(error));
    for (; at instanceof Error; at = at.cause) depth += 1;
    expect(depth).toBe(32);
    expect(at).toBe("Error: again");
  });

  test("all of it, where it stands at the deepest place itself", () => {
    const holder = nested(
      "arrays",
      DEEPEST_VALUE - 2,
      Object.assign(new Error("no"), { at: { id: 7 } }),
    );
    let copy: unknown = kept(holder);
    while (Array.isArray(copy)) copy = copy[0];
    expect(copy).toMatchObject({ message: "no" });
    expect(copy).not.toHaveProperty("at");
  });
});

test("a fresh process with a fifth of the usual stack reads the deepest of all, and shows it", async () => {
  const script = new URL("read-deepest.ts", import.meta.url).pathname;
  const values = Object.keys(NESTINGS).map((kind) => encode(nested(kind, DEEPEST_VALUE), "it"));
  const options = ["--stack-size=200", "--import", "tsx", script, JSON.stringify(values)];
  const { stdout } = await inProcess(process.execPath, options);
  const shown = values.map((value) => readable(decode(value)));
  expect(JSON.parse(stdout)).toEqual(shown);
});

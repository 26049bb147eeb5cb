import { expect, it } from "vitest";
import { createSecretTokens } from "../../functions/tokens.ts";
import { silent } from "../silent.ts";

/** A secret that can be changed, or out of reach. */
function open(text: string | undefined) {
  const state = { text, now: 0, reads: 0, warnings: 0 };
  const isLetIn = createSecretTokens({
    async read() {
      state.reads += 1;
      if (state.text === undefined) throw new Error("out of reach");
      return state.text;
    },
    clock: { now: () => state.now, after: () => () => {} },
    logger: { ...silent, warn: () => (state.warnings += 1) },
  });
  return { state, isLetIn };
}

it("lets in each token of the secret, and no other", async () => {
  const { isLetIn } = open("one, two\nthree\n");
  for (const token of ["one", "two", "three"]) expect(await isLetIn(token), token).toBe(true);
  for (const token of ["", "on", "one,", "four"]) expect(await isLetIn(token), token).toBe(false);
});

it("reads the secret once for all who ask at the same time, and keeps it for five minutes", async () => {
  const { state, isLetIn } = open("one");
  expect(await Promise.all([isLetIn("one"), isLetIn("one")])).toEqual([true, true]);
  state.now = 299_999;
  await isLetIn("one");
  expect(state.reads).toBe(1);
  state.now = 300_000;
  state.text = "two";
  expect(await isLetIn("one")).toBe(false);
  expect(state.reads).toBe(2);
});

it("lets a new token in at once, and asks for none more than every ten seconds", async () => {
  const { state, isLetIn } = open("one");
  await isLetIn("one");
  state.text = "one two";
  state.now = 10_000;
  expect(await isLetIn("two")).toBe(true);
  expect(state.reads).toBe(2);
  for (let guess = 0; guess < 50; guess += 1) await isLetIn(`guess ${guess}`);
  expect(state.reads).toBe(2);
});

it("goes on with what it knows while the secret is out of reach, and says so", async () => {
  const { state, isLetIn } = open("one");
  await isLetIn("one");
  state.text = undefined;
  state.now = 300_000;
  expect(await isLetIn("one")).toBe(true);
  expect(await isLetIn("two")).toBe(false);
  expect(state.warnings).toBe(1);
});

it("lets nobody in as long as it knows no token", async () => {
  const { state, isLetIn } = open(undefined);
  await expect(isLetIn("one")).rejects.toThrow("out of reach");
  state.text = " , ";
  await expect(isLetIn("one")).rejects.toMatchObject({ code: "configuration.invalid" });
  state.text = "one";
  expect(await isLetIn("one")).toBe(true);
});

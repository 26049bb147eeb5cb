/**
 * The token of a hook: which run and which command it is of, and a proof that the run has made it. So
 * it needs no item of its own, and costs nothing until it is used.
 *
 * HT1. It follows from the run and the command, so it is the same at every replay.
 * HT2. The proof is keyed by the run's incarnation, which never leaves the store: nobody can make a
 *      token, and that of another run with the same id is no token of this one.
 * HT3. That of a later generation says which one, so whoever has it learns that this one is over.
 * HT4. It is one part of a path, whatever the run's id is, and needs no escaping.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { RunHead } from "../../ports/store.ts";
import { generationOf, keyOf } from "./generation-key.ts";

/** The log that a token is of. */
type Log = Pick<RunHead, "runId" | "incarnation" | "generation">;

export interface HookAddress {
  runId: string;
  /** Of which generation, from 1. */
  generation: number;
  command: number;
}

/** The run's id, the command, the generation unless it is the first, and the proof. */
const TOKEN = /^([\w-]{1,1024})\.(\d{1,15})(?:\.(\d{1,15}))?\.[\w-]{32}$/;
const PROOF_BYTES = 24;

export function hookToken(log: Log, command: number): string {
  const { runId, incarnation } = log;
  const proof = createHmac("sha256", incarnation)
    .update(`detent.hook/${command}/${runId}`)
    .digest()
    .subarray(0, PROOF_BYTES)
    .toString("base64url");
  const generation = generationOf(log);
  const place = generation === 1 ? `${command}` : `${command}.${generation}`;
  return `${Buffer.from(runId).toString("base64url")}.${place}.${proof}`;
}

/** Of which hook a token claims to be; nothing of what is none. */
export function addressIn(token: unknown): HookAddress | undefined {
  const [, id, command, generation = "1"] = (typeof token === "string" && TOKEN.exec(token)) || [];
  if (id === undefined || command === undefined) return undefined;
  return {
    runId: Buffer.from(id, "base64url").toString(),
    generation: Number(generation),
    command: Number(command),
  };
}

/** Whether this very run has made the token, in the generation that it says. */
export function isGenuine(token: string, run: Log, { generation, command }: HookAddress): boolean {
  if (generation < 1 || generation > generationOf(run)) return false;
  const { first } = run.generation ?? { first: run.incarnation };
  const log = { ...keyOf(run, generation), generation: { number: generation, first } };
  const given = Buffer.from(token);
  const genuine = Buffer.from(hookToken(log, command));
  return given.length === genuine.length && timingSafeEqual(given, genuine);
}

/**
 * The token of a hook: which run and which command it is of, and a proof that the run has made it. So
 * it needs no item of its own, and costs nothing until it is used.
 *
 * HT1. It follows from the run and the command, so it is the same at every replay.
 * HT2. The proof is keyed by the run's incarnation, which never leaves the store: nobody can make a
 *      token, and that of another run with the same id is no token of this one.
 * HT3. It is one part of a path, whatever the run's id is, and needs no escaping.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { RunKey } from "../../ports/store.ts";

export interface HookAddress {
  runId: string;
  command: number;
}

/** The run's id, the command, and the proof. */
const TOKEN = /^([\w-]{1,1024})\.(\d{1,15})\.[\w-]{32}$/;
const PROOF_BYTES = 24;

export function hookToken({ runId, incarnation }: RunKey, command: number): string {
  const proof = createHmac("sha256", incarnation)
    .update(`detent.hook/${command}/${runId}`)
    .digest()
    .subarray(0, PROOF_BYTES)
    .toString("base64url");
  return `${Buffer.from(runId).toString("base64url")}.${command}.${proof}`;
}

/** Of which hook a token claims to be; nothing of what is none. */
export function addressIn(token: unknown): HookAddress | undefined {
  const [, id, command] = (typeof token === "string" && TOKEN.exec(token)) || [];
  if (id === undefined || command === undefined) return undefined;
  return { runId: Buffer.from(id, "base64url").toString(), command: Number(command) };
}

/** Whether this very run has made the token. */
export function isGenuine(token: string, key: RunKey, command: number): boolean {
  const given = Buffer.from(token);
  const genuine = Buffer.from(hookToken(key, command));
  return given.length === genuine.length && timingSafeEqual(given, genuine);
}

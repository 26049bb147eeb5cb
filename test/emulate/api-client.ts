/** Requests to an emulated API, repeated while its functions or what is behind them fail. */
import { setTimeout as pause } from "node:timers/promises";
import type { Emulator } from "../../infra/emulator/emulator.ts";

export interface ApiAnswer {
  status: number;
  body: Record<string, unknown>;
}

const PAUSE_MS = 200;
const TRIES = 300;

/** @returns the first answer that is the app's own, and no failure. */
export async function request(
  {
    url,
    token,
    headers: more,
  }: Pick<Emulator, "url" | "token"> & { headers?: Record<string, string> },
  method: string,
  path: string,
  content?: unknown,
): Promise<ApiAnswer> {
  const headers = new Headers(more);
  headers.set("authorization", `Bearer ${token}`);
  headers.set("content-type", "application/json");
  const body = content === undefined ? null : JSON.stringify(content);
  for (let tries = 1; ; tries += 1) {
    const answer = await once(`${url}${path}`, { method, headers, body });
    if (answer && answer.status < 500) return answer;
    if (tries === TRIES) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    await pause(PAUSE_MS);
  }
}

async function once(url: string, options: RequestInit): Promise<ApiAnswer | undefined> {
  try {
    const response = await fetch(url, options);
    return { status: response.status, body: (await response.json()) as ApiAnswer["body"] };
  } catch {
    return undefined; // No answer.
  }
}

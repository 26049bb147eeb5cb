/** The token of the apps that `detent dev` runs on this machine, the same each time. */
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** @returns the token that was kept, or none. Never throws. */
export function keptToken(env: Environment): string | undefined {
  const folder = configFolder(env);
  if (folder === undefined) return undefined;
  try {
    const token = readFileSync(join(folder, "token"), "utf8").trim();
    return /^[\w-]{16,}$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** The token that was kept, else a new one, which is kept where that can be done. */
export function devToken(env: Environment): string {
  const kept = keptToken(env);
  if (kept !== undefined) return kept;
  const token = randomUUID();
  const folder = configFolder(env);
  if (folder === undefined) return token;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, "token");
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
  } catch {
    // Then the next one is new.
  }
  return token;
}

/** Where programs keep what belongs to this user. */
function configFolder(env: Environment): string | undefined {
  const home = env["HOME"] || env["USERPROFILE"];
  const base = env["XDG_CONFIG_HOME"] || env["APPDATA"] || (home && join(home, ".config"));
  return base ? join(base, "detent") : undefined;
}

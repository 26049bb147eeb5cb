/** What a command has of the process that it runs in. */
import { userInfo } from "node:os";

/** A stream that text is written to, and what it says of the terminal behind it. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Shell {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean | undefined };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fires when the user wants out (Ctrl-C). */
  readonly signal: AbortSignal;
}

/** Who sits at this shell; unknown where the system does not tell. */
export function loginName({ env }: Shell): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return env["USER"] ?? env["USERNAME"];
  }
}

import type { Shell } from "./shell.ts";
import { cut } from "./text.ts";

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const EVERY_MS = 100;
const CLEAR_LINE = "\r\u001b[2K";
const DEFAULT_WIDTH = 80;

/** Shows one line that changes until the action is done; only on a terminal. */
export async function withProgress<T>(
  { stderr }: Shell,
  line: () => string,
  action: () => Promise<T>,
): Promise<T> {
  if (stderr.isTTY !== true) return await action();
  let drawn = 0;
  const draw = (): void => {
    const frame = FRAMES[drawn % FRAMES.length];
    drawn += 1;
    const text = cut(`${frame} ${line()}`, (stderr.columns || DEFAULT_WIDTH) - 1);
    stderr.write(CLEAR_LINE + text);
  };
  draw();
  const timer = setInterval(draw, EVERY_MS);
  try {
    return await action();
  } finally {
    clearInterval(timer);
    stderr.write(CLEAR_LINE);
  }
}

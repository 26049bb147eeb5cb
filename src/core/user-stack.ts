/**
 * The stack of an error as its run's record keeps it: what it says, and the frames of the user's code.
 * This package's own frames, those of other packages and of the runtime tell nobody what to mend, and
 * show where a server keeps its files.
 */

/**
 * In a bundle all code lies in one file, so the frame of this function marks where the user's code
 * was called from: its frames end there.
 */
const BOUNDARY = {
  // The name of a method survives whatever makes code small.
  async detentCallsUserCode<Arguments extends unknown[], Result>(
    fn: (...args: Arguments) => Result,
    args: Arguments,
  ): Promise<Awaited<Result>> {
    return await fn(...args);
  },
};
const CALL = "detentCallsUserCode";

/** Calls code of the user's, so that stacks tell it from what called it. */
export const { detentCallsUserCode: callUserCode } = BOUNDARY;

/** Where this package's files lie, as frames show them; nothing is known of it inside a bundle. */
const OWN_FILES = /(?:\(|at |@)(.*[\\/])core[\\/]user-stack\.[jt]s:\d+/.exec(
  new Error().stack ?? "",
)?.[1];

const FRAME = /^\s+at \S/;
const PLACE = /:\d+:\d+\)?$/;
const FOREIGN = /[\\/]node_modules[\\/]|[\s(](?:node|internal|native|bun|ext):/;
/** So much of what an error says stands before its frames. */
const LONGEST_HEAD = 4 * 1024;
/** More than this is not looked through. */
const LONGEST_FRAMES = 64 * 1024;

export function userStack(stack: string | undefined, message: string): string | undefined {
  if (stack === undefined) return undefined;
  // The message may have lines that look like frames.
  const said = stack.indexOf(message);
  const after = said < 0 ? 0 : said + message.length;
  const lines = stack.slice(after, after + LONGEST_FRAMES).split("\n");
  const first = lines.findIndex((line) => FRAME.test(line));
  if (first < 0) return stack;
  const head = stack.slice(0, after) + lines.slice(0, first).join("\n");
  const called = lines.findIndex((line) => line.includes(CALL));
  const frames = lines.slice(first, called < 0 ? undefined : called);
  return [head.slice(0, LONGEST_HEAD).trimEnd(), ...usersAmong(frames)].join("\n");
}

/** A frame without a place, such as that of `Array.map`, belongs to the one that called it. */
function usersAmong(frames: readonly string[]): string[] {
  const kept: string[] = [];
  let placeless: string[] = [];
  for (const frame of frames) {
    if (!PLACE.test(frame)) {
      placeless.push(frame);
      continue;
    }
    if (!isForeign(frame)) kept.push(...placeless, frame);
    placeless = [];
  }
  return kept;
}

function isForeign(frame: string): boolean {
  return FOREIGN.test(frame) || (OWN_FILES !== undefined && frame.includes(OWN_FILES));
}

const FRAMES_SHOWN = 3;
/** Frames of Node, of packages, and of the file that loads the user's modules. */
const NOT_THEIRS = /node_modules|\(?node:|module-loader|ModuleLoader/;

/** The first frames of a stack that are in the user's own code. */
export function userFrames(stack = ""): string[] {
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !NOT_THEIRS.test(line))
    .slice(0, FRAMES_SHOWN);
}

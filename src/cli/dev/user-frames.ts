const FRAMES_SHOWN = 3;
/** Frames of Node, of packages, and of what loads the user's modules. */
const NOT_THEIRS = /node_modules|\(?node:|module-loader|ModuleLoader/;
/** Where the code of this package lies, should it not be among the packages. */
const OURS = decodeURIComponent(
  new URL(/\/cli\/dev\/[^/]+$/.test(import.meta.url) ? "../../" : "./", import.meta.url).pathname,
);

/** Of a frame without one, such as that of `new Promise`, nothing tells who called it. */
const PLACE = /:\d+:\d+\)?$/;

/** The first frames of a stack that are in the user's own code. */
export function userFrames(stack = ""): string[] {
  return stack.split("\n").filter(isTheirs).slice(0, FRAMES_SHOWN);
}

function isTheirs(line: string): boolean {
  const isFrame = /^\s+at /.test(line) && PLACE.test(line.trimEnd());
  return isFrame && !NOT_THEIRS.test(line) && !line.includes(OURS);
}

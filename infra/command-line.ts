/** What the commands of this project have in common in reading what they are given. */

/** What `read` makes of it; if that throws, the process says why and how it is used, and exits with 2. */
export function readCommandLine<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

/** @throws Error that names the option, for any other text. */
export function wholeNumber(option: string, text: string, least: number, most?: number): number {
  const value = /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER)) return value;
  const range = most === undefined ? `, ${least} or more` : ` from ${least} to ${most}`;
  throw new Error(`--${option} takes a whole number${range}, not "${text}".`);
}

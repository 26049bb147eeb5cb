/** Text from anywhere, safe to show: nothing in it steers a terminal or turns its reader's eyes. */

/** What a terminal would obey, and what would break the line or the order of its characters. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One line: `"a\u202eb"` is shown as `a\u202eb`, a line break as `\n`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (unsafe) => NAMED[unsafe] ?? escaped(unsafe));
}

/** The same with its lines and tabs as they are. */
export function visibleLines(text: string): string {
  return text.replace(UNSAFE, (unsafe) =>
    unsafe === "\n" || unsafe === "\t" ? unsafe : escaped(unsafe),
  );
}

function escaped(unsafe: string): string {
  return `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

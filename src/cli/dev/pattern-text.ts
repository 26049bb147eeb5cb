/** A text that a regular expression describes, made from its parts. */

/** What one part may be, and what is left of the pattern after it. */
interface Reading {
  text: string;
  rest: string;
}

const MADE_OF: Readonly<Record<string, string>> = {
  d: "1",
  w: "a",
  s: " ",
  D: "a",
  W: "-",
  S: "a",
};
const ZERO_WIDTH = /^(?:[$^]|\\[bB])/;
const QUANTIFIER = /^(?:\{(\d+)(?:,\d*)?\}|([*+?]))\??/;
/** Longer ones help nobody who copies a command. */
const LONGEST = 200;

/**
 * Of alternatives the first, of repetitions as few as may be, of classes the first character. What it
 * does not know, such as a look-ahead, it reads as it stands: ask the expression whether the text fits.
 *
 * @param pattern one that is valid in Unicode mode.
 */
export function textLike(pattern: string): string {
  return readAlternatives(pattern).text;
}

function readAlternatives(pattern: string): Reading {
  const first = readSequence(pattern);
  let { rest } = first;
  while (rest.startsWith("|")) rest = readSequence(rest.slice(1)).rest;
  return { text: first.text, rest };
}

function readSequence(pattern: string): Reading {
  let text = "";
  let rest = pattern;
  while (rest !== "" && !/^[|)]/.test(rest)) {
    const part = readPart(rest);
    const [quantifier = "", times, sign] = QUANTIFIER.exec(part.rest) ?? [];
    const least = sign === undefined ? Number(times ?? 1) : Number(sign === "+");
    text = (text + part.text.repeat(Math.min(least, LONGEST))).slice(0, LONGEST);
    rest = part.rest.slice(quantifier.length);
  }
  return { text, rest };
}

function readPart(pattern: string): Reading {
  const [nothing] = ZERO_WIDTH.exec(pattern) ?? [];
  if (nothing !== undefined) return { text: "", rest: pattern.slice(nothing.length) };
  const [group] = /^\((?:\?:|\?<\w+>)?/.exec(pattern) ?? [];
  if (group !== undefined) {
    const { text, rest } = readAlternatives(pattern.slice(group.length));
    return { text, rest: rest.slice(1) };
  }
  const [whole, inside] = /^\[((?:\\.|[^\]\\])*)\]/s.exec(pattern) ?? [];
  if (whole !== undefined) return { text: oneOf(inside ?? ""), rest: pattern.slice(whole.length) };
  if (pattern.startsWith("\\")) return { text: escaped(pattern[1]), rest: pattern.slice(2) };
  return { text: pattern.startsWith(".") ? "a" : pattern.slice(0, 1), rest: pattern.slice(1) };
}

function oneOf(inside: string): string {
  if (inside.startsWith("^")) {
    const excluded = new RegExp(`[${inside.slice(1)}]`, "u");
    return ["a", "1", "-", "A"].find((each) => !excluded.test(each)) ?? "";
  }
  return inside.startsWith("\\") ? escaped(inside[1]) : inside.slice(0, 1);
}

function escaped(letter = ""): string {
  return MADE_OF[letter] ?? letter;
}

/**
 * Which of two versions is newer. Versions are compared part by part, parts being separated by dots,
 * dashes, underscores or plus signs: a number is newer than a word, so `1` is newer than `beta`, and
 * `1.2` newer than `1.2-beta`; numbers count as numbers, so `10` is newer than `9`; words go by the
 * alphabet. What is equal so far and has more numbers is newer: `1.2.1` than `1.2`.
 *
 * @returns more than 0 if `a` is newer, less if `b` is; 0 only for the same version.
 */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const order = compareParts(one[index], other[index]);
    if (order !== 0) return order;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

type Part = bigint | string;

/** `v1.2` is `1.2`. */
function partsOf(version: string): Part[] {
  const parts = version.replace(/^v(?=\d)/i, "").match(/\d+|[^\d.\-_+]+/g) ?? [];
  return parts.map((part) => (/^\d/.test(part) ? BigInt(part) : part));
}

/** Nothing is older than a number, and newer than a word: `1.2` stands between `1.2-beta` and `1.2.0`. */
function compareParts(a: Part | undefined, b: Part | undefined): number {
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b ? -1 : 1;
}

function rank(part: Part | undefined): number {
  if (part === undefined) return 1;
  return typeof part === "string" ? 0 : 2;
}

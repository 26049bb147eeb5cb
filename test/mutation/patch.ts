import type { Mutant } from "./mutant.ts";

/** The text with the mutant's change in it. @throws Error if it is not clear where that belongs. */
export function mutated(text: string, { id, file, search, replace }: Mutant): string {
  const pattern = new RegExp(patternOf(search), "g");
  const found = [...text.matchAll(pattern)];
  const [match] = found;
  if (match && found.length === 1) {
    return text.slice(0, match.index) + replace + text.slice(match.index + match[0].length);
  }
  const where = found.length === 0 ? "not in" : `${found.length} times in`;
  throw new Error(
    `${id} does not apply any more: what it looks for is ${where} ${file}: ${search}`,
  );
}

function patternOf(search: string): string {
  const words = search.trim().split(/\s+/);
  return words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+");
}

/** Filter patterns of CloudWatch for lines of JSON, as far as the stack has any: terms joined by `&&`. */

/** How many of the lines a pattern finds. @throws Error for a pattern it does not know. */
export function countsIn(lines: string, pattern: string): number {
  const [, terms] = /^\{ (.+) \}$/.exec(pattern) ?? [];
  if (terms === undefined) throw new Error(`No pattern for JSON: ${pattern}`);
  const tests = terms.split(" && ").map(testOf);
  const read = lines.split("\n").map(objectIn);
  return read.filter((line) => tests.every((test) => test(line))).length;
}

type Line = Record<string, unknown>;

function testOf(term: string): (line: Line) => boolean {
  const [, field = "", operator, value = ""] = /^\$\.(\w+) (=|>) (\S.*)$/.exec(term) ?? [];
  if (operator === ">") return (line) => Number(line[field]) > Number(value);
  const [, text] = /^"([^"]*)"$/.exec(value) ?? [];
  if (operator !== "=" || text === undefined) throw new Error(`No term that is known: ${term}`);
  if (!text.endsWith("*")) return (line) => line[field] === text;
  return (line) => typeof line[field] === "string" && line[field].startsWith(text.slice(0, -1));
}

/** Without fields if it is no JSON. */
function objectIn(line: string): Line {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}

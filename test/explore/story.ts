/** One schedule as a story: who did what, what came of it, and what the log says in the end. */
import { toCode } from "../simulation/code.ts";
import { shownEntry } from "../simulation/watched-store.ts";
import { Judge } from "./judge.ts";
import { choicesIn } from "./path.ts";
import { programNamed } from "./programs.ts";
import { Schedule } from "./schedule.ts";
import { replay } from "./search.ts";

export interface Told {
  story: string;
  violations: readonly string[];
}

/**
 * @param named `PROGRAM:CODE`.
 * @throws Error for what names no schedule.
 */
export async function tell(named: string, { reduced }: { reduced: boolean }): Promise<Told> {
  const [name = "", code = ""] = named.split(":");
  const program = programNamed(name);
  const schedule = new Schedule(program, { tracing: true, reduced });
  const played = await replay((choose) => schedule.play(choose), choicesIn(code));
  const violations = await new Judge().violationsOf(played);
  const { world, log, head } = played;
  const { start: _, closing: __, ...shownHead } = head ?? {};
  const lines = [
    `=== ${name}: ${violations.length === 0 ? "all is well" : "FAILED"}`,
    ...violations.map((violation) => `  - ${violation}`),
    "--- workflow",
    toCode(program.code),
    "--- what happened",
    ...world.trace,
    "--- log",
    ...log.map((entry) => `${entry.at - world.began} ${shownEntry(entry)}`),
    "--- head",
    JSON.stringify(shownHead),
    `--- again: npm run explore -- --replay ${named}${reduced ? "" : " --unreduced"}`,
  ];
  return { story: renamed(lines.join("\n"), schedule.processNames), violations };
}

/** Names that are made for machines, in the order in which they appear. */
function renamed(story: string, names: readonly string[]): string {
  return names.reduce((text, name, index) => text.replaceAll(name, `P${index}`), story);
}

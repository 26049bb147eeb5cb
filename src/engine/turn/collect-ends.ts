/** How the log of a run catches up with the ends of its children. */
import { type ChildEnd, isLiving, recordEnd } from "../../core/child-end.ts";
import { StoreDamagedError } from "../../core/errors.ts";
import { inParallel } from "../../core/in-parallel.ts";
import type { EndMark } from "../../ports/store.ts";
import type { Committed, News } from "../commit/commit.ts";
import { childKey } from "../replay/child-key.ts";
import type { Session } from "../session/session.ts";

/** So many marks are read at once; what children came to is read for no more than fits one entry. */
const MOST_MARKS = 500;
const MOST_VALUES = 10;

/** The ends of children that were found, for the next entries to tell. */
export class FoundEnds implements News {
  readonly #marks: readonly EndMark[];
  readonly #ends: readonly ChildEnd[];
  /** Whether there may be others. */
  readonly more: boolean;

  private constructor(marks: readonly EndMark[], ends: readonly ChildEnd[], more: boolean) {
    this.#marks = marks;
    this.#ends = ends;
    this.more = more;
  }

  static async read(session: Session): Promise<FoundEnds> {
    const { services, key } = session;
    const found = await services.store.children.endMarks(key, MOST_MARKS);
    const marks = withFewValues(found);
    const { state } = session;
    const news = marks.filter(({ command }) => isLiving(state.open.get(command)));
    const ends = await inParallel(news, (mark) => endOf(session, mark));
    const more = marks.length < found.length || found.length === MOST_MARKS;
    return new FoundEnds(marks, ends, more);
  }

  /** Whether any of them was not in the log when they were read. */
  get hasNews(): boolean {
    return this.#ends.length > 0;
  }

  eventsFor(state: Session["state"]): ReturnType<News["eventsFor"]> {
    return this.#ends.flatMap((end) => recordEnd(state, end));
  }

  /** The marks whose news are in the log by now, to be cleared when the run rests. */
  noteRows({ rows }: Session, { state }: Committed): void {
    for (const { command } of this.#marks) {
      if (!isLiving(state.open.get(command)))
        rows.add({ type: "mark", command }, state.position - 1);
    }
  }
}

/** Values that do not stand in their marks take an entry each, at worst. */
function withFewValues(marks: readonly EndMark[]): readonly EndMark[] {
  let left = MOST_VALUES;
  const end = marks.findIndex((mark) => !hasValue(mark) && left-- === 0);
  return end < 0 ? marks : marks.slice(0, end);
}

function hasValue({ output, error }: EndMark): boolean {
  return output !== undefined || error !== undefined;
}

async function endOf(session: Session, mark: EndMark): Promise<ChildEnd> {
  const { command, status } = mark;
  const { output, error } = hasValue(mark) ? mark : await readValue(session, mark);
  if (status === "completed" && output !== undefined) return { command, status, output };
  if (status !== "completed" && error !== undefined) return { command, status, error };
  throw new StoreDamagedError(
    `The end mark of child ${command}`,
    `it does not say how it ${status}`,
  );
}

/** From the last entry of the child's log. */
async function readValue(
  { services, key }: Session,
  { command, child, position }: EndMark,
): Promise<Pick<EndMark, "output" | "error">> {
  const log = childKey(key, command, child);
  const [entry] = await services.store.log.read(log, { from: position, limit: 1 });
  const last = entry?.events.at(-1);
  if (last?.type === "workflow.completed") return { output: last.output };
  return last?.type === "workflow.failed" ? { error: last.error } : {};
}

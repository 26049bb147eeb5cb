/** How the log of a run catches up with the ends of its children. */
import { type ChildEnd, isLiving, recordEnd } from "../../core/child-end.ts";
import { StoreDamagedError } from "../../core/errors.ts";
import { inParallel } from "../../core/in-parallel.ts";
import type { EndMark, RunKey } from "../../ports/store.ts";
import type { Committed, News } from "../commit/commit.ts";
import { childKey } from "../replay/child-key.ts";
import { keyOf } from "../replay/generation-key.ts";
import type { Session } from "../session/session.ts";

/** So many marks are read at once; what children came to is read for no more than fits one entry. */
const MOST_MARKS = 500;
const MOST_VALUES = 10;

/** A mark, and the child that it is of, as this log knows it. */
interface Found {
  /** The log under which the child was born. */
  born: RunKey;
  mark: EndMark;
  /** Its number in this log; none if this one does not know it, as an earlier one has told of it. */
  command: number | undefined;
}

/** The ends of children that were found, for the next entries to tell. */
export class FoundEnds implements News {
  readonly #marks: readonly Found[];
  readonly #ends: readonly ChildEnd[];
  /** Whether there may be others. */
  readonly more: boolean;

  private constructor(marks: readonly Found[], ends: readonly ChildEnd[], more: boolean) {
    this.#marks = marks;
    this.#ends = ends;
    this.more = more;
  }

  static async read(session: Session): Promise<FoundEnds> {
    const found = await marksOf(session);
    const marks = withFewValues(found);
    const { state } = session;
    const news = marks.filter(({ command }) => isLivingIn(state, command));
    const ends = await inParallel(news, (each) => endOf(session, each));
    const more = marks.length < found.length || found.length >= MOST_MARKS;
    return new FoundEnds(marks, ends, more);
  }

  /** Whether any of them was not in the log when they were read. */
  get hasNews(): boolean {
    return this.#ends.length > 0;
  }

  eventsFor(state: Session["state"]): ReturnType<News["eventsFor"]> {
    return this.#ends.flatMap((end) => recordEnd(state, end));
  }

  /**
   * The marks whose news are in the log by now, to be cleared when the run rests. Those of an earlier log
   * of the run are cleared at once: nothing but an end or a delivery follows from them, and who holds a
   * message of the run has just decided both.
   */
  async noteRows({ key, rows, services }: Session, { state }: Committed): Promise<void> {
    for (const { born, mark, command } of this.#marks) {
      if (isLivingIn(state, command)) continue;
      if (born.incarnation === key.incarnation) {
        rows.add({ type: "mark", command: mark.command }, state.position - 1);
      } else {
        await services.store.children.clearEndMarks(born, [mark.command]);
      }
    }
  }
}

function isLivingIn({ open }: Session["state"], command: number | undefined): boolean {
  return command !== undefined && isLiving(open.get(command));
}

/** The marks in this log, and in those of earlier generations whose children live still. */
async function marksOf({ services, key, state, start }: Session): Promise<Found[]> {
  const { children } = services.store;
  const own = (await children.endMarks(key, MOST_MARKS)).map(
    (mark): Found => ({ born: key, mark, command: mark.command }),
  );
  if (!isLater(start)) return own;
  const inherited = state.open
    .values()
    .flatMap((open) => (isLiving(open) && open.born ? open : []));
  const past = await inParallel(
    [...new Set(inherited.map(({ born }) => born?.incarnation ?? ""))],
    async (incarnation) => {
      const born = { runId: key.runId, incarnation };
      const known = inherited.filter((child) => child.born?.incarnation === incarnation);
      const numbers = new Map(known.map((child) => [child.born?.command, child.command]));
      const marks = await children.endMarks(born, MOST_MARKS);
      return marks.map((mark): Found => ({ born, mark, command: numbers.get(mark.command) }));
    },
  );
  return [...own, ...past.flat()];
}

function isLater({ events: [event] }: Session["start"]): boolean {
  return event?.type === "workflow.started" && event.generation !== undefined;
}

/** Values that do not stand in their marks take an entry each, at worst. */
function withFewValues(marks: readonly Found[]): readonly Found[] {
  let left = MOST_VALUES;
  const end = marks.findIndex(({ mark }) => !hasValue(mark) && left-- === 0);
  return end < 0 ? marks : marks.slice(0, end);
}

function hasValue({ output, error }: EndMark): boolean {
  return output !== undefined || error !== undefined;
}

async function endOf(session: Session, found: Found): Promise<ChildEnd> {
  const { mark, command = mark.command } = found;
  const { status } = mark;
  const { output, error } = hasValue(mark) ? mark : await readValue(session, found);
  if (status === "completed" && output !== undefined) return { command, status, output };
  if (status !== "completed" && error !== undefined) return { command, status, error };
  throw new StoreDamagedError(
    `The end mark of child ${command}`,
    `it does not say how it ${status}`,
  );
}

/** From the last entry of the child's log. */
async function readValue(
  { services }: Session,
  { born, mark: { command, child, generation = 1, position } }: Found,
): Promise<Pick<EndMark, "output" | "error">> {
  const log = keyOf(childKey(born, command, child), generation);
  const [entry] = await services.store.log.read(log, { from: position, limit: 1 });
  const last = entry?.events.at(-1);
  if (last?.type === "workflow.completed") return { output: last.output };
  return last?.type === "workflow.failed" ? { error: last.error } : {};
}

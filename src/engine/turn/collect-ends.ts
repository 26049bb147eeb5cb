/**
 * How the log of a run catches up with the ends of its children.
 *
 * CE1. A mark is cleared only on the word of a log that was read after it: by then that says of the child
 *      that it was born, and nobody waits for it any more if it is not said to live.
 * CE2. The marks are read, and not the children, so many that end at once cost little more than one.
 */
import { type ChildEnd, isLiving, recordEnd } from "../../core/child-end.ts";
import { StoreDamagedError } from "../../core/errors.ts";
import { inParallel } from "../../core/in-parallel.ts";
import { loggedError } from "../../platform/logged-error.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import type { KeptMark, RunHead, RunKey } from "../../ports/store.ts";
import type { Committed, News } from "../commit/commit.ts";
import { childKey } from "../replay/child-key.ts";
import { keyOf } from "../replay/generation-key.ts";
import type { Services } from "../services.ts";
import type { Session } from "../session/session.ts";

/** So many marks are read at once; what children came to is read for no more than fits one entry. */
const MOST_MARKS = 500;
const MOST_VALUES = 10;

/** A mark, and the child that it is of, as this log knows it. */
interface Found {
  /** The log under which the child was born. */
  born: RunKey;
  mark: KeptMark;
  /** Its number in this log; none if this one does not know it, as an earlier one has told of it. */
  command: number | undefined;
}

/** The ends of children that were found, for the next entries to tell. */
export class FoundEnds implements News {
  #marks: readonly Found[];
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
    const isNews = ({ command }: Found): boolean => isLivingIn(session.state, command);
    // What is known here may be from before the child was born.
    if (!marks.every(isNews)) await session.exclusive(() => session.catchUp());
    const news = marks.filter(isNews);
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
   * Sees to the marks whose news are in the log by now. One with a row is cleared when the run rests (RW2).
   * One that the sweep has taken up looks after nothing any more; nor does one in an earlier log of the run:
   * nothing but an end or a delivery follows from that, and who holds a message of the run has just
   * decided both.
   */
  async settle({ key, rows, services }: Session, { state }: Committed): Promise<void> {
    const over = this.#marks.filter(({ command }) => !isLivingIn(state, command));
    this.#marks = this.#marks.filter((each) => !over.includes(each));
    for (const { born, mark } of over) {
      const { command, dueAt } = mark;
      if (dueAt !== undefined && born.incarnation === key.incarnation) {
        rows.add({ type: "mark", command }, state.position - 1);
      } else {
        await services.store.children.clearEndMarks(born, [command]);
      }
    }
  }
}

/** Of a child whose parent has ended by the time that it ends itself: nobody waits for it. */
export async function clearEndMark(
  { store, logger }: Services,
  parent: RunHead | undefined,
  { runId, child }: Continuation,
): Promise<void> {
  if (!parent || child === undefined) return;
  try {
    await store.children.clearEndMarks(parent, [child]);
  } catch (error) {
    const message = "The mark of a child could not be cleared; the sweep sees to its row";
    logger.warn(message, { runId, error: loggedError(error) });
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

function hasValue({ output, error }: KeptMark): boolean {
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
): Promise<Pick<KeptMark, "output" | "error">> {
  const log = keyOf(childKey(born, command, child), generation);
  const [entry] = await services.store.log.read(log, { from: position, limit: 1 });
  const last = entry?.events.at(-1);
  if (last?.type === "workflow.completed") return { output: last.output };
  return last?.type === "workflow.failed" ? { error: last.error } : {};
}

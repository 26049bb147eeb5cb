/** What a run goes on with in its next log, and what of its record changes with that. */
import { ENTRY_BYTES } from "../../core/bounds.ts";
import { inheritedAs, isLiving } from "../../core/child-end.ts";
import { type Entry, EVENTS_PER_ENTRY, isLast, type LogEvent } from "../../core/events.ts";
import { applyAll, mailboxOf } from "../../core/fold.ts";
import { beganAt, type RunState } from "../../core/run-state.ts";
import { sizeOf } from "../../core/value.ts";
import type { HeadChange, NextLog, RunHead } from "../../ports/store.ts";
import { firstOf, generationOf, keyOf } from "../replay/generation-key.ts";
import type { Services } from "../services.ts";
import type { Session } from "../session/session.ts";
import type { WrittenEntry } from "./head-update.ts";

/** So many bytes of ids are remembered, the newest ones. */
const REMEMBERED_BYTES = 512 * 1024;

/** @param written the entry that ends the log. */
export function nextLogOf(session: Session, { state, events, at }: WrittenEntry): NextLog {
  const { head, services, start: past } = session;
  const { beginning } = session.nextGeneration;
  if (!beginning) throw new Error("nobody has found out how the run goes on");
  const number = generationOf(head) + 1;
  const { workflow, input, first } = beginning;
  const { name, version, patches } = workflow;
  const started: LogEvent = {
    type: "workflow.started",
    workflow: name,
    version,
    input,
    generation: number,
    began: beganAt(state),
    first,
    ...(patches.length > 0 && { patches: [...patches] }),
  };
  const entryAt = (position: number, events: LogEvent[]): Entry => {
    return { position, id: services.newId(), at, events };
  };
  const children = inherited(session, events, at);
  const others = [...chunks(children, EVENTS_PER_ENTRY - 1), ...carried(state)].map(
    (events, index) => entryAt(index + 1, events),
  );
  return {
    incarnation: keyOf(head, number).incarnation,
    generation: { number, first: firstOf(head) },
    version,
    entries: [entryAt(0, [started]), ...others],
    past,
  };
}

/**
 * What changes in the head: it goes on, and nothing keeps it from that. The message that brings it on may
 * be lost, so it is due soon; nothing is written of that where it is so already, as that costs.
 */
export function changeToNext(
  { clock, settings, store }: Services,
  head: RunHead,
  { begun, at }: RunState,
): HeadChange {
  const now = clock.now();
  const soon = now + settings.watchdogMs;
  const isDueSoon = head.dueAt !== undefined && head.dueAt <= soon;
  return {
    status: "running",
    resends: 0,
    keepAt: now + store.retentionMs,
    problem: null,
    ...(!isDueSoon && { dueAt: soon }),
    ...(head.startedAt === undefined && { startedAt: begun?.at ?? at }),
  };
}

/** The children that live on under the next log, as they stand before they are carried over; the oldest first. */
function inherited({ key, state }: Session, events: readonly LogEvent[], at: number): LogEvent[] {
  const carriedOver = events.filter((event) => event.type === "child.carried");
  if (carriedOver.length === 0) return [];
  const rest = events.filter((event) => event.type !== "child.carried" && !isLast(event));
  const { open } = applyAll(state, rest, at);
  const children = carriedOver.map(({ command }) => open.get(command)).filter(isLiving);
  const own = children.filter(({ born }) => !born);
  const { incarnation } = key;
  return [...children.filter(({ born }) => born), ...own].map((child, index) =>
    inheritedAs(child, { incarnation, index }),
  );
}

/** What the next log is told of what this one was sent, an entry each. */
function carried(state: RunState): LogEvent[][] {
  const mailbox = mailboxOf(state);
  const unreceived = mailbox.unreceived();
  const messages = unreceived.map(
    (each, message): LogEvent => ({ type: "message.received", ...each, message, carried: true }),
  );
  const own = new Set(unreceived.map(({ messageId }) => messageId));
  const ids = newest(mailbox.ids().filter((id) => !own.has(id)));
  const remembered = chunks(ids, ids.length).map((messageIds): LogEvent[] => [
    { type: "messages.remembered", messageIds },
  ]);
  return [...chunks(messages, EVENTS_PER_ENTRY - 1), ...remembered];
}

function newest(ids: readonly string[]): string[] {
  let left = REMEMBERED_BYTES;
  const from = ids.findLastIndex((id) => {
    left -= sizeOf(id);
    return left < 0;
  });
  return ids.slice(from + 1);
}

/** Pieces that fit into an entry each. */
function chunks<Each>(all: readonly Each[], most: number): Each[][] {
  const pieces: Each[][] = [];
  let bytes = 0;
  for (const each of all) {
    const size = sizeOf(each);
    const piece = pieces.at(-1);
    if (piece && piece.length < most && bytes + size <= ENTRY_BYTES) {
      piece.push(each);
      bytes += size;
    } else {
      pieces.push([each]);
      bytes = size;
    }
  }
  return pieces;
}

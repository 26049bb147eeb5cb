/** How a hook's payload comes into the log. */
import { type CommandEvent, kindOf } from "../../core/commands/index.ts";
import { beginnings } from "../../core/decide/beginnings.ts";
import { DetentError } from "../../core/errors.ts";
import type { EventOf, LogEvent } from "../../core/events.ts";
import { sizeOf } from "../../core/value.ts";
import { commitEvents } from "../commit/commit.ts";
import type { Session } from "../session/session.ts";
import { hookAsKnown } from "./waiting-hook.ts";

/** @returns why nothing was received after all, if others were faster. */
export async function receive(
  session: Session,
  received: EventOf<"hook.received">,
): Promise<DetentError | undefined> {
  const { command } = received;
  let refusal: DetentError | undefined;
  const unlessRefused = async (events: () => Promise<LogEvent[]>): Promise<void> => {
    await commitEvents(session, async () => {
      const found = await hookAsKnown(session, command);
      refusal = found instanceof DetentError ? found : undefined;
      return refusal ? [] : await events();
    });
  };
  // A turn may be about to record the hook, and what else the code has asked for.
  if (!session.state.open.has(command)) {
    await unlessRefused(() => creations(session, command));
  }
  if (!refusal) {
    await unlessRefused(async () => [...(await createdWith(session, command)), received]);
  }
  return refusal;
}

/**
 * Of a run that is paused, a hook that nothing has recorded yet begins with its payload alone: nobody
 * waits for anything else.
 */
async function createdWith(session: Session, command: number): Promise<LogEvent[]> {
  const { state } = session;
  if (!state.pause || state.open.has(command)) return [];
  const issued = (await session.outcome()).unrecorded.get(command);
  const created =
    issued && kindOf(issued).begin(issued, { now: session.services.clock.now(), births: NONE });
  // What a payload must be interests nobody any more, and both have to fit into one entry.
  return created?.type === "hook.created" ? [{ ...created, schema: undefined }] : [];
}

/** So many bytes of an entry are for what begins beside a hook. */
const ROOM = 128 * 1024;
const MOST_EVENTS = 500;
/** A child is born by a turn, which sees to it. */
const NONE = new Map<number, never>();

/** What records the hook, and what else begins with it, as far as there is room. */
async function creations(session: Session, command: number): Promise<LogEvent[]> {
  const {
    clock,
    settings: { skewMs },
  } = session.services;
  const { state } = session;
  if (state.open.has(command)) return [];
  const now = clock.now();
  const at = Math.max(now, state.at);
  const begun = beginnings(state, await session.outcome(), { now, at, skewMs, births: NONE });
  const isOwn = (event: CommandEvent): boolean => event.command === command;
  let room = ROOM;
  const beside = begun.filter((event) => {
    if (isOwn(event)) return false;
    room -= sizeOf(event);
    return room > 0;
  });
  return [...begun.filter(isOwn), ...beside.slice(0, MOST_EVENTS)];
}

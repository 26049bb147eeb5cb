/**
 * What hands a payload to a hook.
 *
 * RH1. A delivery is an entry like any other: of all payloads, the time that is up and a request to
 *      cancel, what stands in the log first wins, and whoever comes later is told which that was. A
 *      payload that comes late is taken as long as nothing has recorded that the time was up.
 * RH2. What a payload must be is known to the code alone, so the log is replayed here. A payload that
 *      does not fit is refused to its sender, and nothing of it is written.
 * RH3. From a request to cancel on, only hooks inside of shields are handed anything.
 * RH4. Whoever has no genuine token learns nothing: neither whether there is such a run, nor a hook.
 */
import { hookFields, type PendingHook } from "../../core/commands/hook.ts";
import type { CommandEvent } from "../../core/commands/index.ts";
import { beginnings } from "../../core/decide/beginnings.ts";
import {
  DetentError,
  HookNotFoundError,
  PayloadTooLargeError,
  RunEndedError,
  RunNotFoundError,
} from "../../core/errors.ts";
import type { LogEvent } from "../../core/events.ts";
import { isLabel } from "../../core/option-rules.ts";
import { type Encoded, encode, refuseTooDeep, sizeOf } from "../../core/value.ts";
import { VALUE_LIMIT } from "../../ports/limits.ts";
import { commitEvents } from "../commit/commit.ts";
import { sendUnheld } from "../continuations/send-unheld.ts";
import type { ResumeAnswer } from "../engine.ts";
import { addressIn, type HookAddress, isGenuine } from "../replay/hook-token.ts";
import type { Parts } from "../services.ts";
import { type Loaded, Session } from "../session/session.ts";
import { hookAsKnown, waitingHook } from "./waiting-hook.ts";

/** @throws whatever keeps the payload from being taken; then nothing of it was written. */
export async function resumeHook(
  parts: Parts,
  token: string,
  payload: unknown,
): Promise<ResumeAnswer> {
  const address = addressIn(token);
  const { head, session } = address ? await find(parts, token, address) : {};
  if (!address || !head) throw new HookNotFoundError();
  const { runId, command } = address;
  if (!session) {
    const { reason } = head.termination ?? head.cancellation ?? {};
    throw new RunEndedError({ runId, status: head.status, reason });
  }
  try {
    await session.use(async () => {
      const hook = orThrow(await session.exclusive(() => waitingHook(parts, session, command)));
      const received = { ...hookFields(hook), payload: await encoded(hook, payload) };
      const event = { type: "hook.received" as const, ...received };
      orThrow(await session.exclusive(() => receive(parts, session, event)));
      await sendUnheld(parts, { continuation: { runId } });
    });
  } catch (error) {
    throw error instanceof RunNotFoundError ? new HookNotFoundError() : error;
  }
  return { runId };
}

/** The run that has made the token: as it is known here, or as it is in the store. */
async function find(parts: Parts, token: string, { runId, command }: HookAddress): Promise<Loaded> {
  const { sessions, settings } = parts;
  const known = settings.replay === "cold" ? undefined : sessions.get(runId);
  if (known && isGenuine(token, known.key, command)) return { head: known.head, session: known };
  // A log is read for nobody who has no token of its run.
  const head = isLabel(runId) ? await parts.store.runs.get(runId, parts.clock.now()) : undefined;
  if (!head || !isGenuine(token, head, command)) return { head: undefined };
  const loaded = await Session.load(parts, runId);
  return loaded.head?.incarnation === head.incarnation ? loaded : { head: undefined };
}

/** An error that is thrown where a session is used exclusively would have all of it read anew. */
function orThrow<T>(found: T | DetentError): T {
  if (found instanceof DetentError) throw found;
  return found;
}

/** What the code gets for a payload, as it is kept. */
async function encoded(hook: PendingHook, payload: unknown): Promise<Encoded> {
  const what = `The payload of hook "${hook.name}"`;
  refuseTooDeep(payload, what);
  const kept = encode(await hook.parse(payload), what);
  const size = sizeOf(kept);
  if (size > VALUE_LIMIT) throw new PayloadTooLargeError({ what, size, limit: VALUE_LIMIT });
  return kept;
}

/** @returns why nothing was received after all, if others were faster. */
async function receive(
  parts: Parts,
  session: Session,
  received: Extract<LogEvent, { type: "hook.received" }>,
): Promise<DetentError | undefined> {
  const { command } = received;
  let refusal: DetentError | undefined;
  const unlessRefused = async (events: () => Promise<LogEvent[]>): Promise<void> => {
    await commitEvents(parts, session, async () => {
      const found = await hookAsKnown(parts, session, command);
      refusal = found instanceof DetentError ? found : undefined;
      return refusal ? [] : await events();
    });
  };
  // A turn may be about to record the hook, and what else the code has asked for.
  if (!session.state.open.has(command)) {
    await unlessRefused(() => creations(parts, session, command));
  }
  if (!refusal) await unlessRefused(async () => [received]);
  return refusal;
}

/** So many bytes of an entry are for what begins beside a hook. */
const ROOM = 128 * 1024;
const MOST_EVENTS = 500;

/** What records the hook, and what else begins with it, as far as there is room. */
async function creations(
  { clock, settings: { skewMs } }: Parts,
  session: Session,
  command: number,
): Promise<LogEvent[]> {
  const { state } = session;
  if (state.open.has(command)) return [];
  const now = clock.now();
  const at = Math.max(now, state.at);
  const begun = beginnings(state, await session.outcome(), { now, at, skewMs });
  const isOwn = (event: CommandEvent): boolean => event.command === command;
  let room = ROOM;
  const beside = begun.filter((event) => {
    if (isOwn(event)) return false;
    room -= sizeOf(event);
    return room > 0;
  });
  return [...begun.filter(isOwn), ...beside.slice(0, MOST_EVENTS)];
}

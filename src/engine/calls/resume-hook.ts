/**
 * What hands a payload to a hook.
 *
 * RH1. A delivery is an entry like any other: of all payloads, the time that is up and a request to
 *      cancel, what stands in the log first wins, and whoever comes later is told which that was. A
 *      payload that comes late is taken as long as nothing has recorded that the time was up.
 * RH2. What a payload must be is known to the code alone, so the log is replayed here. A payload that
 *      does not fit is refused to its sender, and nothing of it is written.
 * RH3. From a request to cancel on, only hooks inside of shields are handed anything.
 * RH5. A hook is over with its generation: whoever comes later is told that, or what it had received before.
 * RH4. Whoever has no genuine token learns nothing: neither whether there is such a run, nor a hook.
 */
import { hookFields } from "../../core/commands/hook.ts";
import {
  DetentError,
  HookAlreadyReceivedError,
  HookNotFoundError,
  RunEndedError,
  RunNotFoundError,
} from "../../core/errors.ts";
import { checkOptions, isLabel, RULES } from "../../core/option-rules.ts";
import type { RunHead, RunKey } from "../../ports/store.ts";
import { sendUnheld } from "../continuations/send-unheld.ts";
import type { ResumeAnswer, ResumeOptions } from "../engine.ts";
import { generationOf, keyOf } from "../replay/generation-key.ts";
import { addressIn, type HookAddress, isGenuine } from "../replay/hook-token.ts";
import { loadLog } from "../replay/load-log.ts";
import { type Loaded, Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";
import { keptPayload } from "./kept-payload.ts";
import { receive } from "./receive-payload.ts";
import { fateInPast, hasEnded, waitingHook } from "./waiting-hook.ts";

/** @throws whatever keeps the payload from being taken; then nothing of it was written. */
export async function resumeHook(
  worker: Worker,
  token: string,
  given: ResumeOptions & { payload: unknown },
): Promise<ResumeAnswer> {
  const { payload, deliveryId } = given;
  checkOptions({ deliveryId }, { deliveryId: RULES.label });
  const address = addressIn(token);
  const { head, session } = address ? await find(worker, token, address) : {};
  if (!address || !head) throw new HookNotFoundError();
  const { runId, command } = address;
  const log = address.generation < generationOf(head) ? keyOf(head, address.generation) : head;
  try {
    if (log !== head)
      throw fateInPast(runId, command, await worker.store.log.read(log, { from: 0 }));
    if (!session) throw hasEnded(runId, head.status, head);
    await session.use(() => handIn(session, { command, payload, deliveryId }));
  } catch (error) {
    if (session?.state.continued) return await resumeHook(worker, token, given);
    if (error instanceof RunNotFoundError) throw new HookNotFoundError();
    if (!isLate(error) || !(await isRepeated(worker, log, { command, deliveryId }))) throw error;
  }
  await sendUnheld(worker, { continuation: { runId } });
  return { runId };
}

interface Delivery {
  command: number;
  payload: unknown;
  deliveryId: string | undefined;
}

async function handIn(session: Session, { command, payload, deliveryId }: Delivery): Promise<void> {
  const hook = orThrow(await session.exclusive(() => waitingHook(session, command)));
  const received = {
    type: "hook.received" as const,
    ...hookFields(hook),
    payload: await keptPayload(`The payload of hook "${hook.name}"`, payload, hook.schema),
    ...(deliveryId !== undefined && { delivery: deliveryId }),
  };
  orThrow(await session.exclusive(() => receive(session, received)));
}

function isLate(error: unknown): boolean {
  return error instanceof HookAlreadyReceivedError || error instanceof RunEndedError;
}

/** Whether it is this very delivery that was received before, and only its answer was lost. */
async function isRepeated(
  { store }: Worker,
  log: RunKey & Pick<RunHead, "start">,
  { command, deliveryId }: Omit<Delivery, "payload">,
): Promise<boolean> {
  if (deliveryId === undefined) return false;
  const entries = await loadLog(store, log);
  return entries.some(({ events }) =>
    events.some(
      (event) =>
        event.type === "hook.received" &&
        event.command === command &&
        event.delivery === deliveryId,
    ),
  );
}

/** The run that has made the token: as it is known here, or as it is in the store. */
async function find(worker: Worker, token: string, address: HookAddress): Promise<Loaded> {
  const { runId, generation } = address;
  const { sessions, settings } = worker;
  const known = settings.replay === "cold" ? undefined : sessions.get(runId);
  if (known && generation === generationOf(known.head) && isGenuine(token, known.head, address)) {
    return { head: known.head, session: known };
  }
  // A log is read for nobody who has no token of its run.
  const head = isLabel(runId) ? await worker.store.runs.get(runId, worker.clock.now()) : undefined;
  if (!head || !isGenuine(token, head, address)) return { head: undefined };
  if (generation < generationOf(head)) return { head };
  const loaded = await Session.load(worker, runId);
  return loaded.head?.incarnation === head.incarnation ? loaded : { head: undefined };
}

/** An error that is thrown where a session is used exclusively would have all of it read anew. */
function orThrow<T>(found: T | DetentError): T {
  if (found instanceof DetentError) throw found;
  return found;
}

/**
 * What sends a message to a channel of a run.
 *
 * SM1. Who is answered has the message in the log, behind all that came before it.
 * SM2. It is held against the schema of the channel, as the version of the run names it here, before
 *      anything is written. No code of the workflow is run.
 * SM3. A message with an id that came before changes nothing, whatever it says, and is answered as such:
 *      also when it has been received by now, and when the run has ended.
 * SM4. A message that a receive waits for makes the run due in the same write; any other wakes nobody,
 *      as the code finds it when it receives.
 * SM5. What senders of one process have for a run at one time goes into one entry.
 * SM6. Senders cannot end a run: what its log may have beyond a part is for its own events. Of what
 *      nobody has received it keeps so much, and no more.
 */
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import type { Sending } from "../../core/decide/messages.ts";
import { ChannelNotFoundError, RunNotFoundError } from "../../core/errors.ts";
import type { LogEvent } from "../../core/events.ts";
import { checkOptions, isLabel, RULES, refusedOption } from "../../core/option-rules.ts";
import type { RunHead } from "../../ports/store.ts";
import { sendUnheld } from "../continuations/send-unheld.ts";
import type { SendAnswer, SendOptions } from "../engine.ts";
import { loadLog } from "../replay/load-log.ts";
import { inGeneration } from "../session/in-generation.ts";
import type { Incoming } from "../session/incoming-messages.ts";
import { openSession } from "../session/open-session.ts";
import type { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";
import { keptPayload } from "./kept-payload.ts";
import { receiveIncoming } from "./receive-incoming.ts";
import { hasEnded } from "./waiting-hook.ts";

export interface GivenMessage extends SendOptions {
  channel: string;
  payload: unknown;
}

/** @throws whatever keeps the message from being taken; then nothing of it was written. */
export async function sendMessage(
  worker: Worker,
  runId: string,
  given: GivenMessage,
): Promise<SendAnswer> {
  const { channel, messageId, sentBy } = given;
  if (!isLabel(channel)) throw refusedOption("channel", RULES.label.wanted);
  checkOptions({ messageId, sentBy }, { messageId: RULES.label, sentBy: RULES.reason });
  const { head, session } = await openSession(worker, runId);
  if (!head) throw new RunNotFoundError(runId);
  if (!session) return await lateAnswer(worker, head, messageId);
  return await inGeneration(
    session,
    () => sendTo(session, given),
    () => sendMessage(worker, runId, given),
  );
}

async function sendTo(session: Session, given: GivenMessage): Promise<SendAnswer> {
  const { runId } = session.key;
  const { workflow, version } = session.state;
  const found = session.services.registry.version(workflow, version);
  const incoming: Incoming = {
    sending: await sendingOf(found, given),
    eventLimit: found.eventLimit,
  };
  await receiveIncoming(session, incoming);
  if (incoming.isHanded) await sendUnheld(session.services, { continuation: { runId } });
  return { runId, duplicate: incoming.reception === "duplicate" };
}

async function sendingOf(
  { name: workflow, channels }: AnyWorkflow,
  { channel: name, payload, messageId, sentBy }: GivenMessage,
): Promise<Sending> {
  const channel = channels.find((each) => each.name === name);
  if (!channel) {
    const known = channels.map((each) => each.name);
    throw new ChannelNotFoundError({ workflow, channel: name, known });
  }
  return {
    channel: name,
    payload: await keptPayload(`The message on channel "${name}"`, payload, channel.schema),
    ...(messageId !== undefined && { messageId }),
    ...(sentBy !== undefined && { sentBy }),
  };
}

/** Of a run that has ended: whether the message came before (SM3). */
async function lateAnswer(
  { store }: Worker,
  head: RunHead,
  messageId: string | undefined,
): Promise<SendAnswer> {
  const { runId, status } = head;
  const log = messageId === undefined ? [] : await loadLog(store, head);
  const isKnown = log.some(({ events }) => events.some((event) => names(event, messageId)));
  if (isKnown) return { runId, duplicate: true };
  throw hasEnded(runId, status, head);
}

function names(event: LogEvent, messageId: string | undefined): boolean {
  if (messageId === undefined) return false;
  if (event.type === "messages.remembered") return event.messageIds.includes(messageId);
  return event.type === "message.received" && event.messageId === messageId;
}

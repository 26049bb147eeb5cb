import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { IdempotencyConflictError } from "../../core/errors.ts";
import { checkOptions, RULES, refusedOption } from "../../core/option-rules.ts";
import { decode, type Encoded, encode, refuseTooDeep } from "../../core/value.ts";
import { isSameValue } from "../../core/values/same-value.ts";
import type { Message } from "../../ports/scheduler.ts";
import { MAX_DELAY_MS } from "../../ports/scheduler.ts";
import type { RunHead, StartedHead } from "../../ports/store.ts";
import { later } from "../continuations/messages.ts";
import { sendUnheld } from "../continuations/send-unheld.ts";
import type { StartOptions } from "../engine.ts";
import { loadLog } from "../replay/load-log.ts";
import { digest, digestOf } from "../session/digest.ts";
import { newHead, parsedInput } from "../session/new-head.ts";
import { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";

export interface Started {
  head: RunHead;
  existing: boolean;
}

/** One conditional put, then a continuation. Starting again sends the continuation again. */
export async function startRun(
  worker: Worker,
  { workflow, input }: { workflow: AnyWorkflow; input: unknown },
  options: StartOptions,
): Promise<Started> {
  checkStart(options);
  const what = `The input of workflow "${workflow.name}"`;
  refuseTooDeep(input, what);
  // Before the schema sees it, which may add the time of day.
  const given = workflow.input && (await digestOf(input));
  const encoded = encode(await parsedInput(workflow, input), what);
  const head = await headFor(worker, { workflow, input: encoded, given }, options);
  const answer = await worker.store.runs.create(head, head.createdAt);
  // A head of our own that stands there already: the first try was written, its answer lost.
  const existing = !answer.created && answer.head.incarnation !== head.incarnation;
  const found = answer.created ? head : answer.head;
  if (existing && !(await isSame(worker, found, head)))
    throw new IdempotencyConflictError(head.runId);
  if (!existing) {
    worker.sessions.put(head.runId, Session.begin(worker, head, head.start));
    worker.observing.happened(head, { type: "run.started" });
  }
  await sendStart(worker, found);
  return { head: found, existing };
}

interface NewRun {
  workflow: AnyWorkflow;
  input: Encoded;
  given: string | undefined;
}

async function headFor(
  worker: Worker,
  { workflow, input, given }: NewRun,
  { runId, idempotencyKey, tags = [], startAt }: StartOptions,
): Promise<StartedHead> {
  const { newId, clock } = worker;
  const derived =
    idempotencyKey === undefined
      ? `run_${newId()}`
      : await derivedId(workflow.name, idempotencyKey);
  return newHead(worker, {
    runId: runId ?? derived,
    incarnation: newId(),
    workflow,
    input,
    tags,
    at: clock.now(),
    more: {
      ...(given !== undefined && { given }),
      ...(startAt && { startAt: startAt.getTime() }),
    },
  });
}

/** The same for the same workflow and key, so that the condition of the put is the check. */
async function derivedId(workflow: string, key: string): Promise<string> {
  return `run_${await digest(JSON.stringify([workflow, key]))}`;
}

/** Given the same; or what a schema made of it is the same, though it was written otherwise. */
async function isSame({ store }: Worker, standing: RunHead, wanted: StartedHead): Promise<boolean> {
  const [start] = await loadLog(store, standing, 1);
  const was = start?.events[0];
  const [is] = wanted.start.events;
  if (was?.type !== "workflow.started" || is?.type !== "workflow.started") return false;
  if (standing.workflow !== wanted.workflow) return false;
  // Of a later generation it says what the first one was started with.
  if (was.first) {
    if (was.first.given !== undefined && was.first.given === is.given) return true;
    return was.first.input === (await digestOf(decode(is.input)));
  }
  if (was.given !== undefined && was.given === is.given) return true;
  return isSameValue(decode(was.input), decode(is.input));
}

async function sendStart(worker: Worker, head: RunHead): Promise<void> {
  if (head.status !== "pending") return;
  const now = worker.clock.now();
  const { runId, startAt = now } = head;
  if (startAt - now > MAX_DELAY_MS) return;
  const message: Message =
    startAt > now
      ? later({ continuation: { runId, timer: startAt } }, startAt, now)
      : { continuation: { runId } };
  await sendUnheld(worker, message);
}

const START = {
  runId: RULES.label,
  idempotencyKey: RULES.label,
  tags: RULES.tags,
  startAt: RULES.time,
};

function checkStart(options: StartOptions): void {
  const { runId, idempotencyKey } = options;
  if (runId !== undefined && idempotencyKey !== undefined) {
    const wanted = "left out where a runId is given: either makes a start idempotent";
    throw refusedOption("idempotencyKey", wanted);
  }
  checkOptions(options, START);
}

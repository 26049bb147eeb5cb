/** How a success is answered: readable JSON, or lossless if the request asks for it. */
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { DEEPEST_BODY, LARGEST_PAGE_BYTES } from "../core/bounds.ts";
import { RunEndedError } from "../core/errors.ts";
import { encode } from "../core/value.ts";
import type {
  CancelAnswer,
  PauseAnswer,
  ResumeRunAnswer,
  TerminateAnswer,
  WakeAnswer,
} from "../engine/engine.ts";
import { JSON_TYPE, LOSSLESS_TYPE } from "./protocol/media-types.ts";
import { recordText } from "./show-record.ts";

/** A record: each of its fields is a value by itself. */
export function answer(c: Context, record: object, status: 200 | 202 = 200): Response {
  return send(c, isLossless(c) ? losslessText(record) : recordText(record), status);
}

/** What became of a run that had not ended yet. @throws RunEndedError for one that had. */
export function answerUnended(
  c: Context,
  done: CancelAnswer | PauseAnswer | ResumeRunAnswer | TerminateAnswer | WakeAnswer,
  status: 200 | 202 = 202,
): Response {
  if (done.outcome === "already-ended") throw new RunEndedError(done);
  return answer(c, done, status);
}

/** A list of records, and what is told beside it. */
export function answerList(
  c: Context,
  name: string,
  records: readonly object[],
  beside: object = {},
): Response {
  if (isLossless(c)) return send(c, losslessText({ [name]: records, ...beside }));
  return send(c, listText(name, records.map(recordText), beside));
}

/**
 * As much of the list as a page may have, and at least one record; `more` says that there is more.
 * The records fit a page as they are kept, but their readable form may be larger.
 */
export function answerPage(
  c: Context,
  name: string,
  records: readonly object[],
  { more = false, ...beside }: { more?: boolean | undefined },
): Response {
  if (isLossless(c)) return answerList(c, name, records, { ...beside, ...told(more) });
  const texts: string[] = [];
  let left = LARGEST_PAGE_BYTES;
  for (const record of records) {
    const text = recordText(record);
    left -= new TextEncoder().encode(text).length;
    if (left < 0 && texts.length > 0) break;
    texts.push(text);
  }
  const isCut = texts.length < records.length;
  return send(c, listText(name, texts, { ...beside, ...told(more || isCut) }));
}

function told(more: boolean): object {
  return more ? { more } : {};
}

function listText(name: string, texts: readonly string[], beside: object): string {
  const others = recordText(beside).slice(1, -1);
  return `{${JSON.stringify(name)}:[${texts.join(",")}]${others && `,${others}`}}`;
}

function losslessText(value: object): string {
  return JSON.stringify(encode(value, "The answer", DEEPEST_BODY));
}

function isLossless(c: Context): boolean {
  const supports = [JSON_TYPE, LOSSLESS_TYPE];
  return accepts(c, { header: "Accept", supports, default: JSON_TYPE }) === LOSSLESS_TYPE;
}

function send(c: Context, text: string, status: 200 | 202 = 200): Response {
  const type = isLossless(c) ? LOSSLESS_TYPE : JSON_TYPE;
  return c.body(text, status, { "Content-Type": type });
}

/** What the app answers when it refuses or fails: one schema for each status. */
import * as z from "zod/mini";
import { RUN_STATUSES } from "../../core/run.ts";
import { ERROR_STATUS, type ErrorCode } from "../error-status.ts";
import type { ErrorBody } from "../errors.ts";
import { JSON_TYPE } from "../protocol/media-types.ts";
import { components, type JsonSchema, reference } from "./json-schema.ts";

/** All but that of a method that no operation has. */
export type ErrorStatus = Exclude<(typeof ERROR_STATUS)[ErrorCode], 405>;

const text = z.string();

const issue = z
  .object({ message: text, path: z.array(z.union([text, z.number()])) })
  .register(components, { id: "Issue" });

/** With each status come only the codes that it has in the table. */
function errorWith(status: ErrorStatus) {
  const codes = Object.entries(ERROR_STATUS).filter(([, each]) => each === status);
  return z.object({
    code: z.enum(codes.map(([code]) => code)),
    message: text,
    issues: z.optional(z.array(issue)),
    /** Where a lossless answer was asked for. */
    details: z.optional(z.record(text, z.union([text, z.number()]))),
  } satisfies { readonly [Key in keyof Required<ErrorBody>]: z.core.$ZodType });
}

const DESCRIPTIONS: { readonly [Status in ErrorStatus]: string } = {
  400: "Something in the request is not as it should be; `issues` tells what.",
  401: "Without a token or signature that is accepted.",
  403: "By a name that is not the app's, or from a page of another origin.",
  404: "What the address names is not there.",
  409: "What was asked does not go with what there is.",
  410: "What was asked for is over: its time, or what it was part of.",
  413: "The body has more bytes than the app reads (1 MiB unless it is set up otherwise), or what would have to be kept of it is too large (some 390 KB).",
  415: "The body does not say that it is JSON, in one of the two types that this operation lists.",
  421: "Another engine may know what this one does not. Send it again after a pause.",
  429: "The run keeps no more messages: as many as it may have wait to be received, or its log is nearly as long as it may be.",
  500: "Something is wrong here, and not in the request.",
  503: "Not now: the store or the queue did not answer, or others wrote the same run. Nothing is half-written; the same request may be sent again, after `Retry-After` seconds.",
  504: "The wait ran out. What was asked for stays in force.",
};

const HEADERS: { readonly [Status in ErrorStatus]?: Record<string, JsonSchema> } = {
  401: { "WWW-Authenticate": { schema: { type: "string" } } },
  503: { "Retry-After": { schema: { type: "string", pattern: "^[0-9]+$" } } },
};

const STATUSES = Object.keys(DESCRIPTIONS).map(Number) as ErrorStatus[];

const errorAnswers = new Map(
  STATUSES.map((status) => {
    const answer = z.object({ error: errorWith(status) });
    return [status, answer.register(components, { id: `Error${status}` })];
  }),
);

/** Refused because the run has ended. */
const endedAnswer = z
  .object({
    runId: text,
    outcome: z.literal("already-ended"),
    status: z.enum(RUN_STATUSES),
    error: errorWith(409),
  })
  .register(components, { id: "AlreadyEnded" });

/** Not ended within the wait; the status is left out if even that could not be told. */
const timeoutAnswer = z
  .object({ runId: text, status: z.optional(z.enum(RUN_STATUSES)), error: errorWith(504) })
  .register(components, { id: "NotEndedYet" });

/** How a request fails with this status, where nothing but the error is answered. */
export function errorResponse(status: ErrorStatus): object {
  return responseWith(status, errorAnswers.get(status) ?? z.never());
}

export const endedResponse = () => responseWith(409, endedAnswer);
export const timeoutResponse = () => responseWith(504, timeoutAnswer);

function responseWith(status: ErrorStatus, schema: z.core.$ZodType): object {
  const headers = HEADERS[status];
  return {
    description: DESCRIPTIONS[status],
    ...(headers && { headers }),
    content: { [JSON_TYPE]: { schema: reference(schema) } },
  };
}

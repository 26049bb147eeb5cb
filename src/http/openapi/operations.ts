/** Every operation of the app: what it takes, and what it answers when all goes well. */
import type * as z from "zod/mini";
import { continuationSchema } from "../../ports/continuation.ts";
import {
  cancelSchema,
  eventsQuerySchema,
  noQuerySchema,
  resultQuerySchema,
  runsQuerySchema,
  startSchema,
  terminateSchema,
  wakeSchema,
} from "../schemas.ts";
import type { ErrorStatus } from "./errors.ts";
import {
  cancelAnswer,
  eventsAnswer,
  healthAnswer,
  resultAnswer,
  rootAnswer,
  runAnswer,
  runsAnswer,
  startAnswer,
  terminateAnswer,
  wakeAnswer,
  workflowsAnswer,
} from "./shapes.ts";

export interface Operation {
  id: string;
  method: "get" | "post";
  path: string;
  summary: string;
  /** What has to be shown. Default: a bearer token. */
  access?: "open" | "signed";
  query?: z.ZodMiniObject;
  body?: z.ZodMiniObject;
  /** The statuses of a success. */
  answers: Readonly<Record<number, Answer>>;
  /** What may go wrong besides what every operation has in common. */
  fails?: readonly ErrorStatus[];
  /** Answers a 409 or 504 with what is known of the run. */
  tellsRun?: boolean;
}

export interface Answer {
  description: string;
  schema?: z.core.$ZodType;
  /** Of what is not JSON. */
  type?: string;
  /** Never lossless. */
  plain?: boolean;
  /** Of which run the answer speaks: other operations can go on with its id. */
  run?: boolean;
}

const NOT_CHANGED = { description: "As the one that `If-None-Match` names." };
const STARTED = { schema: startAnswer, run: true };

export const OPERATIONS: readonly Operation[] = [
  {
    id: "getRoot",
    method: "get",
    path: "/",
    summary: "What there is; who accepts HTML is led to the web page",
    access: "open",
    answers: {
      200: {
        description: "Where the page and this document are.",
        schema: rootAnswer,
        plain: true,
      },
      302: { description: "To the page." },
    },
  },
  {
    id: "getHealth",
    method: "get",
    path: "/healthz",
    summary: "Whether the process answers",
    access: "open",
    answers: { 200: { description: "It does.", schema: healthAnswer, plain: true } },
  },
  {
    id: "listWorkflows",
    method: "get",
    path: "/workflows",
    summary: "The registered workflows, with the JSON Schema of their input where it is known",
    query: noQuerySchema,
    answers: { 200: { description: "All of them.", schema: workflowsAnswer } },
  },
  {
    id: "startRun",
    method: "post",
    path: "/workflows/{workflow}/runs",
    summary: "Start a run of the workflow's newest version",
    body: startSchema,
    answers: {
      202: { description: "It was started.", ...STARTED },
      200: { description: "It had been started before, by the same key or id.", ...STARTED },
    },
    fails: [404, 409, 503],
  },
  {
    id: "listRuns",
    method: "get",
    path: "/runs",
    summary: "The runs that fit, newest first, a page at a time",
    query: runsQuerySchema,
    answers: { 200: { description: "A page; its cursor leads to the next.", schema: runsAnswer } },
    fails: [503],
  },
  {
    id: "getRun",
    method: "get",
    path: "/runs/{runId}",
    summary: "The record of a run",
    answers: { 200: { description: "The record.", schema: runAnswer } },
    fails: [404, 503],
  },
  {
    id: "getEvents",
    method: "get",
    path: "/runs/{runId}/events",
    summary: "The log of a run, event by event",
    query: eventsQuerySchema,
    answers: {
      200: {
        description:
          "What follows `after`: so many, or 1 MB. With `more` there is more after the last.",
        schema: eventsAnswer,
      },
    },
    fails: [404, 503],
  },
  {
    id: "getResult",
    method: "get",
    path: "/runs/{runId}/result",
    summary: "What came of a run, once it has ended; the request waits for that",
    query: resultQuerySchema,
    answers: { 200: { description: "The output, or the error.", schema: resultAnswer, run: true } },
    fails: [404, 503, 504],
    tellsRun: true,
  },
  {
    id: "wakeRun",
    method: "post",
    path: "/runs/{runId}/wake",
    summary: "Have a run go on now: one with a problem is tried at once",
    body: wakeSchema,
    answers: { 202: { description: "It is looked at.", schema: wakeAnswer, run: true } },
    fails: [404, 409, 503],
    tellsRun: true,
  },
  {
    id: "cancelRun",
    method: "post",
    path: "/runs/{runId}/cancel",
    summary: "Cancel a run gracefully: it ends at its next checkpoint, with its clean-up done",
    body: cancelSchema,
    answers: {
      202: { description: "The request is in force.", schema: cancelAnswer, run: true },
      200: { description: "With `wait`: the run has ended.", schema: cancelAnswer, run: true },
    },
    fails: [404, 409, 503, 504],
    tellsRun: true,
  },
  {
    id: "terminateRun",
    method: "post",
    path: "/runs/{runId}/terminate",
    summary: "End a run at once, without clean-up",
    body: terminateSchema,
    answers: { 202: { description: "It has ended.", schema: terminateAnswer, run: true } },
    fails: [404, 409, 503],
    tellsRun: true,
  },
  {
    id: "pushContinuation",
    method: "post",
    path: "/continuations",
    summary: "Take the next turn of a run",
    access: "signed",
    body: continuationSchema,
    answers: { 204: { description: "The turn is done." } },
    fails: [421, 503],
  },
  {
    id: "getPage",
    method: "get",
    path: "/ui",
    summary: "The web page, without any data; it signs in like any other client",
    access: "open",
    answers: { 200: { description: "HTML.", type: "text/html" }, 304: NOT_CHANGED },
  },
  {
    id: "getPagePart",
    method: "get",
    path: "/ui/{asset}",
    summary: "What the web page is made of",
    access: "open",
    answers: { 200: { description: "Script, style or icon.", type: "*/*" }, 304: NOT_CHANGED },
    fails: [404],
  },
  {
    id: "getOpenApi",
    method: "get",
    path: "/openapi.json",
    summary: "This document",
    answers: { 200: { description: "OpenAPI 3.1.", type: "application/json" } },
  },
];

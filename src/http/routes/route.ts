/**
 * A route: what it takes and answers, for the OpenAPI document and for itself, and its handler. There
 * is no other way into the app, so nothing is answered that the document does not tell of.
 */
import type { Context } from "hono";
import * as z from "zod/mini";
import { RunEndedError, TimeoutError } from "../../core/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Logger } from "../../ports/logger.ts";
import { readBody } from "../body.ts";
import { answerError } from "../errors.ts";
import type { ErrorStatus } from "../openapi/errors.ts";
import { readPath, readQuery } from "../path.ts";

/** What an operation of the document tells. */
export interface Operation {
  id: string;
  method: "get" | "post";
  /** Such as `/runs/{runId}`. */
  path: string;
  summary: string;
  /** What has to be shown: nothing, a bearer token, or a signature of the body. */
  access: "open" | "token" | "signed";
  /** What parts of the path are that are no ids, by their names. */
  inPath?: Readonly<Record<string, string>>;
  query?: z.ZodMiniObject;
  /** Headers that it reads, by their names; none has to be there. */
  headers?: Readonly<Record<string, { description: string; schema: z.core.$ZodType }>>;
  body?: z.core.$ZodType;
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

/** What the handlers of one app share. */
export interface Services {
  engine: Engine;
  logger: Logger;
  /** All that the app serves. */
  routes: readonly Route[];
  /** Whether a token is asked for. */
  tokens: boolean;
  /** Whether the app is called by its own names only, and not by foreign pages. */
  guarded: boolean;
  /** How many bytes a body may have. */
  bodyLimit: number;
  /** Which signatures are accepted. Without it no signed route is served. */
  continuations?: { secret: string | readonly string[]; windowMs: number } | undefined;
}

export interface Route extends Operation {
  /** Another path of the same handler, from which it redirects to `path`. */
  also?: string;
  /** Its answers carry headers of their own, instead of those of the API. */
  ownHeaders?: boolean;
  /** The handler of one app. */
  serve(services: Services): (c: Context) => Response | Promise<Response>;
}

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

interface Asked<Path extends string, Query extends z.ZodMiniObject, Body extends z.ZodMiniObject> {
  c: Context;
  ids: Readonly<Record<NamesIn<Path>, string>>;
  query: z.output<Query>;
  body: z.output<Body>;
}

/** The query of a route that takes none: a misspelt option is refused, not ignored. */
const noQuery = z.object({});
type Nothing = typeof noQuery;

type ApiRoute<
  Path extends string,
  Query extends z.ZodMiniObject,
  Body extends z.ZodMiniObject,
> = Omit<Operation, "access"> & {
  path: Path;
  query?: Query;
  body?: Body;
  handler(services: Services): (asked: Asked<Path, Query, Body>) => Response | Promise<Response>;
};

/** A route that asks for a token. What it is asked is read by its schemas before the handler sees it. */
export function route<
  const Path extends string,
  Query extends z.ZodMiniObject = Nothing,
  Body extends z.ZodMiniObject = Nothing,
>({ handler, ...operation }: ApiRoute<Path, Query, Body>): Route {
  const query = operation.query ?? (noQuery as unknown as Query);
  const names = namesIn(operation.path);
  return {
    ...operation,
    query,
    access: "token",
    serve(services) {
      const { bodyLimit, logger } = services;
      const handle = handler(services);
      const read = async (c: Context): Promise<Asked<Path, Query, Body>> => ({
        c,
        ids: Object.fromEntries(names.map((name) => [name, readPath(c, name)])) as Asked<
          Path,
          Query,
          Body
        >["ids"],
        query: readQuery(c, query),
        body: operation.body
          ? await readBody(c, operation.body, bodyLimit)
          : ({} as z.output<Body>),
      });
      if (!operation.tellsRun) return async (c) => await handle(await read(c));
      return async (c) => {
        const asked = await read(c);
        try {
          return await handle(asked);
        } catch (error) {
          const known = knownOfRun(error, readPath(c, "runId"));
          if (known === undefined) throw error;
          return answerError(c, error, logger, known);
        }
      };
    },
  };
}

/** A route that reads its request itself. */
export function bareRoute({
  handler,
  ...operation
}: Omit<Route, "serve"> & { handler: Route["serve"] }): Route {
  return { ...operation, serve: handler };
}

/** What is told of a run beside the error that says that it has ended, or has not yet. */
function knownOfRun(error: unknown, runId: string): Record<string, unknown> | undefined {
  if (error instanceof TimeoutError) return { runId, status: error.status };
  if (!(error instanceof RunEndedError)) return undefined;
  return { runId, outcome: "already-ended", status: error.status };
}

/** The names in a path such as `/runs/{runId}`. */
export function namesIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}

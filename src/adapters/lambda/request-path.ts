/**
 * The path of a request, as the event of a function brings it.
 *
 * REST APIs, function URLs and load balancers hand on what was sent, percent-encoded. HTTP APIs
 * decode it first. An app decodes what it is given, so what came decoded is encoded again: else it
 * would be decoded twice, and `a%20b` would be `a b`.
 */
import type { Hono } from "hono";
import type { LambdaEvent } from "hono/aws-lambda";

export type EventReader = (event: LambdaEvent) => LambdaEvent;

/** Makes the path of each event what an app expects: encoded, once. */
export function createEventReader({ routes }: Pick<Hono, "routes">): EventReader {
  const patterns = routes.map(patternOf).sort((a, b) => b.fixed - a.fixed);
  return (event) => {
    if ("rawPath" in event) {
      const { http, domainName } = event.requestContext as { http: Http; domainName: string };
      if (isFunctionUrl(domainName)) return event;
      return { ...event, rawPath: encoded(event.rawPath, http.method, patterns) };
    }
    if (!isOldHttpApi(event)) return event;
    return { ...event, path: encoded(event.path, event.httpMethod, patterns) };
  };
}

interface Http {
  method: string;
}

/** The events of a function URL look like those of an HTTP API, but for the name of the host. */
function isFunctionUrl(domainName: string): boolean {
  return domainName.includes(".lambda-url.");
}

/** An HTTP API with the payload format 1.0: a REST API knows the id of its resource. */
function isOldHttpApi(event: LambdaEvent): event is LambdaEvent & OldEvent {
  const { resourceId } = event.requestContext as { resourceId?: string | null };
  return "version" in event && event.version === "1.0" && resourceId === null;
}

interface OldEvent {
  path: string;
  httpMethod: string;
}

/** A route, for reading decoded paths. */
interface Pattern {
  method: string;
  parts: string[];
  /** Whether every part is a word or an id. */
  plain: boolean;
  /** A path in which no id has a slash. */
  exact: RegExp;
  /** A path whose ids may have slashes. */
  loose: RegExp;
  /** How many characters are no one's choice. */
  fixed: number;
}

const ID = /^:\w+$/;
const ANY = /[:*?{}]/;

function patternOf({ method, path }: { method: string; path: string }): Pattern {
  const parts = path.split("/");
  const regexBy = (id: string): RegExp =>
    new RegExp(`^${parts.map((part) => regexOf(part, id)).join("/")}$`, "s");
  return {
    method,
    parts,
    plain: parts.every((part) => ID.test(part) || !ANY.test(part)),
    exact: regexBy("([^/]+)"),
    loose: regexBy("(.+)"),
    fixed: parts.filter((part) => !ANY.test(part)).join("/").length,
  };
}

function regexOf(part: string, id: string): string {
  if (ID.test(part)) return id;
  return ANY.test(part) ? "[^/]*" : part.replace(/[^\w-]/g, "\\$&");
}

/**
 * A slash that was part of an id reads as one of the path. Where the path as it stands is none of
 * the app's, it is read as one with such an id; what is fixed in a path counts more than what is not.
 */
function encoded(path: string, method: string, patterns: readonly Pattern[]): string {
  const asked = method === "HEAD" ? "GET" : method;
  const possible = patterns.filter((each) => each.method === asked);
  if (!possible.some(({ exact }) => exact.test(path))) {
    for (const { parts, loose, plain } of possible) {
      const [found, ...ids] = (plain && loose.exec(path)) || [];
      if (found !== undefined) return parts.map((part) => encodeWith(part, ids)).join("/");
    }
  }
  return path.split("/").map(encodePart).join("/");
}

function encodeWith(part: string, ids: string[]): string {
  return ID.test(part) ? encodePart(ids.shift() ?? "") : part;
}

/** UTF-8 has no place for half a character. */
function encodePart(part: string): string {
  return encodeURIComponent(part.replace(/\p{Cs}/gu, "\ufffd"));
}

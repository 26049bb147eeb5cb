/**
 * Where in the app a thing with an id is found.
 *
 * A gateway may decode a path before it hands it on, and what was a part of an id is then a part of
 * the path: API Gateway's HTTP APIs turn `a%2Fb` into `a/b`, decode `%2520` down to a space, and cut
 * at `%3F`. The query is handed on by all as it was sent. So an id of other characters than these
 * stands there, under the name that the path has for it: `/runs/~/cancel?runId=a%2Fb`.
 */
const SAFE = /^(?!\.{1,2}$)[\w.-]+$/;

/** Stands in the path for what the query tells. */
export const IN_QUERY = "~";

/** Whether a text can stand in a path as it is, whatever hands that on. */
export function isPlain(text: unknown): text is string {
  return typeof text === "string" && SAFE.test(text);
}

export interface Place {
  path: string;
  query: Record<string, string>;
}

/** @param template such as `/runs/{runId}/cancel`. */
export function placeOf(template: string, ids: Readonly<Record<string, string>>): Place {
  const query: Record<string, string> = {};
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name] ?? "";
    if (isPlain(id)) return id;
    query[name] = id;
    return IN_QUERY;
  });
  return { path, query };
}

/** The address of an app: one of HTTP, or none. */
export function addressIn(given: string | URL): URL | undefined {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  return url?.protocol === "https:" || url?.protocol === "http:" ? url : undefined;
}

/**
 * Where in the page one is, as the part of the address after `#` tells it: that part is never sent to
 * a server, and so works wherever the app is mounted.
 */
export type Route =
  | { page: "runs"; filters: URLSearchParams }
  | { page: "run"; runId: string }
  | { page: "start"; workflow: string | undefined }
  | { page: "nowhere" };

export function readRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const [place = "", name, ...more] = path.replace(/^\/|\/$/g, "").split("/");
  if (more.length === 0) {
    if (place === "" && name === undefined) {
      return { page: "runs", filters: new URLSearchParams(query) };
    }
    const given = name === undefined ? undefined : decode(name);
    if (place === "runs" && given !== undefined) return { page: "run", runId: given };
    if (place === "start") return { page: "start", workflow: given };
  }
  return { page: "nowhere" };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function runHref(runId: string): string {
  return `#/runs/${encodeURIComponent(runId)}`;
}

export function startHref(workflow?: string): string {
  return workflow === undefined ? "#/start" : `#/start/${encodeURIComponent(workflow)}`;
}

export function runsHref(filters: URLSearchParams = new URLSearchParams()): string {
  return filters.size === 0 ? "#/" : `#/?${filters}`;
}

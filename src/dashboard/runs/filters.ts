/** Which runs are listed: as the address tells it, and as the app is asked. */
import { RUN_STATUSES, type RunQuery, type RunStatus } from "../../http/client/index.ts";

export interface Filters {
  status?: RunStatus;
  workflow?: string;
  tag?: string;
  /** Back from now, such as `1h`; a key of `SPANS`. */
  since?: string;
  /** A time, or a day; instead of `since`. */
  from?: string;
  to?: string;
  /** What the runs of the page must have in their id, workflow or tags. */
  text?: string;
}

/** What to set anew; what is `undefined` or empty is left out from then on. */
export type FilterChange = { [Name in keyof Filters]?: Filters[Name] | undefined };

const MINUTE = 60_000;

export const SPANS: Readonly<Record<string, { label: string; ms: number }>> = {
  "15m": { label: "Last 15 minutes", ms: 15 * MINUTE },
  "1h": { label: "Last hour", ms: 60 * MINUTE },
  "24h": { label: "Last 24 hours", ms: 24 * 60 * MINUTE },
  "7d": { label: "Last 7 days", ms: 7 * 24 * 60 * MINUTE },
  "30d": { label: "Last 30 days", ms: 30 * 24 * 60 * MINUTE },
};

const NAMES = ["status", "workflow", "tag", "since", "from", "to", "text"] as const;

export function readFilters(search: URLSearchParams): Filters {
  const filters: Filters = {};
  for (const name of NAMES) {
    const value = search.get(name);
    if (value === null || value === "") continue;
    if (name === "status") {
      const status = RUN_STATUSES.find((each) => each === value);
      if (status !== undefined) filters.status = status;
    } else if (name !== "since" || Object.hasOwn(SPANS, value)) {
      filters[name] = value;
    }
  }
  return filters;
}

export function writeFilters(filters: FilterChange): URLSearchParams {
  const search = new URLSearchParams();
  for (const name of NAMES) {
    const value = filters[name];
    if (value !== undefined && value !== "") search.set(name, value);
  }
  return search;
}

/** What the app is asked for. A span is counted back from `now`, which pages must have in common. */
export function queryOf(
  { status, workflow, tag, since, from, to }: Filters,
  now: number,
): RunQuery {
  const span = since === undefined ? undefined : SPANS[since];
  return {
    status,
    workflow,
    tag,
    createdAfter: span ? new Date(now - span.ms) : timeOf(from),
    createdBefore: span ? undefined : timeOf(to),
  };
}

function timeOf(text: string | undefined): Date | undefined {
  const time = new Date(text ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Whether a run has the text in what is shown of it. */
export function hasText(
  { runId, workflow, tags }: { runId: string; workflow: string; tags: readonly string[] },
  text: string,
): boolean {
  const wanted = text.trim().toLowerCase();
  return [runId, workflow, ...tags].some((each) => each.toLowerCase().includes(wanted));
}

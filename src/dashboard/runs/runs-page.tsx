import { useEffect, useMemo, useState } from "preact/hooks";
import { USUAL_PAGE } from "../../core/bounds.ts";
import type { RunSummary } from "../../http/client/index.ts";
import { Heading } from "../heading.tsx";
import { Icon } from "../icon.tsx";
import { LiveSwitch, PollError } from "../live-bar.tsx";
import { readRoute, runHref, runsHref, startHref } from "../route.ts";
import { useSession } from "../session.tsx";
import { useNow } from "../use-now.ts";
import { usePoll } from "../use-poll.ts";
import { FilterBar } from "./filter-bar.tsx";
import {
  type FilterChange,
  type Filters,
  hasText,
  queryOf,
  readFilters,
  writeFilters,
} from "./filters.ts";
import { RunTable } from "./run-table.tsx";

const LONGEST_PAUSE_MS = 10_000;

interface Listed {
  runs: RunSummary[];
  /** Of the page after this one. */
  cursor: string | undefined;
}

export function RunsPage({ search }: { search: URLSearchParams }) {
  const address = search.toString();
  const filters = useMemo(() => readFilters(new URLSearchParams(address)), [address]);
  // What is typed into the search goes over the page that is there; all else is asked for anew.
  const { text: _, ...asked } = filters;
  const { client } = useSession();
  /** What was looked for as an id, and is none. */
  const [missing, setMissing] = useState<string>();
  const find = async (text: string) => {
    try {
      location.hash = runHref((await client.getRun(text)).runId);
    } catch {
      setMissing(text);
    }
  };
  return (
    <>
      <header class="page-head">
        <Heading title="Runs" />
        <a class="button primary" href={startHref(filters.workflow)}>
          <Icon name="play" />
          Start a run
        </a>
      </header>
      <FilterBar filters={filters} onChange={change} onFind={(text) => void find(text)} />
      <p class="unseen" role="status">
        {missing !== undefined &&
          missing === filters.text?.trim() &&
          `No run has the id ${missing}.`}
      </p>
      <Listing key={writeFilters(asked).toString()} filters={filters} />
    </>
  );
}

function Listing({ filters }: { filters: Filters }) {
  const { client } = useSession();
  /** The cursors of the pages up to this one; pages have the time of the first one in common. */
  const [cursors, setCursors] = useState<string[]>([]);
  const [since] = useState(Date.now);
  const [listed, setListed] = useState<Listed>();
  const cursor = cursors.at(-1);
  useEffect(() => setListed(undefined), [cursor]);

  const load = async (signal: AbortSignal) => {
    const query = { ...queryOf(filters, since), limit: USUAL_PAGE, cursor };
    const { runs, cursor: next } = await client.listRuns(query, { signal });
    const isNews = fingerprint(runs) !== fingerprint(listed?.runs ?? []);
    setListed({ runs, cursor: next });
    return isNews ? "news" : "same";
  };
  const polling = usePoll({ key: cursor ?? "", load, longestPauseMs: LONGEST_PAUSE_MS });

  const { text = "" } = filters;
  const shown = listed?.runs.filter((run) => hasText(run, text));
  return (
    <>
      <PollError polling={polling} what="The runs" />
      <section class="card" aria-labelledby="runs-caption" aria-busy={polling.loading}>
        {shown ? <Shown runs={shown} filters={filters} /> : <Skeleton failed={!!polling.error} />}
        <footer class="card-foot">
          <LiveSwitch polling={polling} />
          <nav class="row" aria-label="Pages of runs">
            <button
              type="button"
              class="small"
              disabled={cursors.length === 0}
              onClick={() => setCursors(cursors.slice(0, -1))}
            >
              <Icon name="back" />
              Newer
            </button>
            <span class="muted">Page {cursors.length + 1}</span>
            <button
              type="button"
              class="small"
              disabled={listed?.cursor === undefined}
              onClick={() => listed?.cursor && setCursors([...cursors, listed.cursor])}
            >
              Older
              <Icon name="forward" />
            </button>
          </nav>
        </footer>
      </section>
    </>
  );
}

function Shown({ runs, filters }: { runs: readonly RunSummary[]; filters: Filters }) {
  const now = useNow();
  if (runs.length > 0) return <RunTable runs={runs} now={now} />;
  const { text, ...asked } = filters;
  if (text !== undefined) {
    return (
      <div class="empty">
        <Icon name="slash" />
        <h2>No run on this page has “{text}”</h2>
        <p>
          The search goes over the runs of this page: ids, workflows and tags.{" "}
          <a href={runHref(text)}>Open the run with just this id</a>
        </p>
      </div>
    );
  }
  const isFiltered = Object.keys(asked).length > 0;
  return (
    <div class="empty">
      <Icon name={isFiltered ? "slash" : "moon"} />
      <h2>{isFiltered ? "No run fits" : "No runs yet"}</h2>
      <p>
        {isFiltered ? (
          <a href={runsHref()}>Clear the filters</a>
        ) : (
          <a href={startHref()}>Start the first one</a>
        )}
      </p>
    </div>
  );
}

function Skeleton({ failed }: { failed: boolean }) {
  if (failed) return <div class="empty muted">Nothing to show.</div>;
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading the runs …</span>
      {Array.from({ length: 6 }, (_, index) => (
        <span key={index} class="bone" />
      ))}
    </div>
  );
}

/** The address is the truth: a change may come before the page has followed the one before. */
function change(more: FilterChange): void {
  const route = readRoute(location.hash);
  const current = route.page === "runs" ? readFilters(route.filters) : {};
  location.replace(runsHref(writeFilters({ ...current, ...more })));
}

/** What of runs can change while they are listed. */
function fingerprint(runs: readonly RunSummary[]): string {
  return JSON.stringify(
    runs.map(({ runId, status, startedAt, problem }) => [runId, status, startedAt, problem?.tries]),
  );
}

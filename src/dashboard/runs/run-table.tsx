import { isEnded, type RunSummary } from "../../http/client/index.ts";
import { Icon } from "../icon.tsx";
import { Ago } from "../moment.tsx";
import { runHref, runsHref } from "../route.ts";
import { StatusBadge } from "../status-badge.tsx";
import { durationText } from "../time-text.ts";

/** The runs of a page, newest first. On a narrow screen each row is a card. */
export function RunTable({ runs, now }: { runs: readonly RunSummary[]; now: number }) {
  return (
    <table class="runs">
      <caption id="runs-caption" class="unseen">
        Runs, newest first
      </caption>
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Run</th>
          <th scope="col">Workflow</th>
          <th scope="col">Tags</th>
          <th scope="col">Created</th>
          <th scope="col" class="number">
            Duration
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunRow key={run.runId} run={run} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function RunRow({ run, now }: { run: RunSummary; now: number }) {
  const { runId, workflow, version, status, tags, createdAt, problem } = run;
  return (
    <tr>
      <td class="cell-status">
        <StatusBadge status={status} />
        {problem && !isEnded(status) && (
          <span class="problem-sign" title={problem.message}>
            <Icon name="warn" />
            problem
          </span>
        )}
      </td>
      <td class="cell-run">
        <a class="run-link mono" href={runHref(runId)}>
          {runId}
        </a>
      </td>
      <td class="cell-workflow">
        {workflow}
        <span class="muted"> v{version}</span>
      </td>
      <td class="cell-tags">
        <Tags tags={tags} />
      </td>
      <td class="cell-created">
        <Ago time={createdAt} now={now} />
      </td>
      <td class="cell-duration number">{durationText(lengthOf(run, now))}</td>
    </tr>
  );
}

/** Each leads to the runs that have it. */
export function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <>
      {tags.map((tag) => (
        <a key={tag} class="tag" href={runsHref(new URLSearchParams({ tag }))}>
          <span class="unseen">Tag </span>
          {tag}
        </a>
      ))}
    </>
  );
}

/** How long a run has taken, or takes till now. */
export function lengthOf({ createdAt, startedAt, endedAt }: RunSummary, now: number): number {
  const from = (startedAt ?? createdAt).getTime();
  return Math.max(0, (endedAt?.getTime() ?? now) - from);
}

/** A list of runs, one a line. */
import type { RunSummary } from "../../http/client/index.ts";
import { columns } from "../columns.ts";
import type { Answer } from "../output.ts";
import { showStatus } from "../status-colour.ts";
import { cut, showDuration, showTime, visible } from "../text.ts";
import type { Page } from "./read-runs.ts";

/** @param none what is said where there is no run. */
export function showRuns(page: Page, none: string): Answer {
  return {
    json: page,
    plain: page.runs.map(({ runId, workflow, status, createdAt, endedAt }) => [
      runId,
      workflow,
      status,
      createdAt.toISOString(),
      endedAt?.toISOString() ?? "",
    ]),
    table: (colours, width) =>
      page.runs.length === 0
        ? none
        : columns(
            ["RUN", "WORKFLOW", "STATUS", "CREATED", "TOOK", "NOTE"],
            page.runs.map((run) => [
              visible(run.runId),
              visible(run.workflow),
              showStatus(run.status, colours),
              showTime(run.createdAt),
              took(run),
              cut(noteOf(run), Math.max(20, width - 100)),
            ]),
            colours,
          ),
  };
}

export function took({ startedAt, endedAt }: RunSummary): string {
  return startedAt && endedAt ? showDuration(endedAt.getTime() - startedAt.getTime()) : "";
}

/** What whoever reads the list should not miss. */
export function noteOf({ problem, cancellation, error, tags }: RunSummary): string {
  if (problem) return visible(`problem: ${problem.message}`);
  if (cancellation?.reason) return visible(cancellation.reason);
  if (error) return visible(error.message);
  return visible(tags.join(", "));
}

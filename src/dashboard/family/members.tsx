import { useEffect, useId, useState } from "preact/hooks";
import { isEnded, type RunSummary } from "../../http/client/index.ts";
import { Icon } from "../icon.tsx";
import { ErrorNote } from "../note.tsx";
import { runHref } from "../route.ts";
import { lengthOf } from "../runs/run-table.tsx";
import { StatusBadge } from "../status-badge.tsx";
import { durationText } from "../time-text.ts";
import { useChildren } from "./use-children.ts";

interface MembersProps {
  of: Pick<RunSummary, "runId" | "status">;
  /** How many levels below the run of the page; 1 of its own children. */
  level: number;
  now: number;
  /** Nobody asked for them: nothing is said if there are none, but to this. */
  onNone?: ((isNone: boolean) => void) | undefined;
}

/** So many at first, and so many more each time. */
const STEP = 25;
/** Among no more siblings than these, on each level, the children of a run are shown unasked. */
const MOST_UNASKED: readonly number[] = [0, 10, 4];

/** The children of a run; below each, once it is unfolded, its own. */
export function Members({ of, level, now, onNone }: MembersProps) {
  const [wanted, setWanted] = useState(STEP);
  const { children, polling } = useChildren(of, wanted);
  const isNone = children?.runs.length === 0 && !children.more;
  useEffect(() => onNone?.(isNone), [isNone]);
  if (polling.error !== undefined && !children) {
    return <ErrorNote title="Its children cannot be read." error={polling.error} />;
  }
  if (!children) return <p class="muted family-note">Loading …</p>;
  const { runs, more } = children;
  if (isNone) return onNone ? null : <p class="muted family-note">It has no children.</p>;
  const unasked = !more && runs.length <= (MOST_UNASKED[level] ?? 0);
  return (
    <>
      <ul class="family">
        {runs.map((run) => (
          <Member key={run.runId} run={run} level={level} unasked={unasked} now={now} />
        ))}
      </ul>
      {more && (
        <button type="button" class="small more" onClick={() => setWanted(wanted + STEP)}>
          Show {STEP} more<span class="unseen"> children of {of.runId}</span>
        </button>
      )}
    </>
  );
}

interface MemberProps {
  run: RunSummary;
  level: number;
  /** Whether it is unfolded without having been asked for. */
  unasked: boolean;
  now: number;
}

function Member({ run, level, unasked, now }: MemberProps) {
  const id = useId();
  const [asked, setAsked] = useState<boolean>();
  const { runId, workflow, status, problem } = run;
  const [isLeaf, setLeaf] = useState(false);
  const open = asked ?? unasked;
  return (
    <li class="member">
      <div class="member-row">
        {isLeaf ? (
          <span class="member-fold" />
        ) : (
          <button
            type="button"
            class="member-fold"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setAsked(!open)}
          >
            <span class="fold" aria-hidden="true" />
            <span class="unseen">Children of {runId}</span>
          </button>
        )}
        <StatusBadge status={status} />
        <a class="mono member-link" href={runHref(runId)}>
          {runId}
        </a>
        <span class="muted">{workflow}</span>
        {problem && !isEnded(status) && (
          <span class="problem-sign" title={problem.message}>
            <Icon name="warn" />
            problem
          </span>
        )}
        <span class="member-length muted">{durationText(lengthOf(run, now))}</span>
      </div>
      <div id={id} class="member-children" hidden={!open}>
        {open && (
          <Members
            of={run}
            level={level + 1}
            now={now}
            onNone={asked === undefined ? setLeaf : undefined}
          />
        )}
      </div>
    </li>
  );
}

import type { ComponentChildren } from "preact";
import { isEnded, type Run, type RunEvent, waitingFor } from "../../http/client/index.ts";
import { waitingText } from "../../http/client/kinds.ts";
import { Moment } from "../moment.tsx";
import { runHref, runsHref } from "../route.ts";
import { lengthOf, Tags } from "../runs/run-table.tsx";
import { durationText } from "../time-text.ts";

/** What there is to know of a run at a glance. */
export function Facts({
  run,
  events,
  now,
}: {
  run: Run;
  events: readonly RunEvent[];
  now: number;
}) {
  const { workflow, version, status, createdAt, startedAt, endedAt, tags, parent } = run;
  return (
    <dl class="facts">
      <Fact name="Workflow">
        <a href={runsHref(new URLSearchParams({ workflow }))}>{workflow}</a>
        <span class="muted"> v{version}</span>
      </Fact>
      {parent && (
        <Fact name="Child of">
          <a class="mono" href={runHref(parent.runId)}>
            {parent.runId}
          </a>
        </Fact>
      )}
      <Fact name="Created">
        <Moment time={createdAt} />
      </Fact>
      {startedAt && (
        <Fact name="Started">
          <Moment time={startedAt} />
        </Fact>
      )}
      {endedAt && (
        <Fact name="Ended">
          <Moment time={endedAt} />
        </Fact>
      )}
      <Fact name="Duration">{durationText(lengthOf(run, now))}</Fact>
      {!isEnded(status) && (
        <Fact name="Waiting for">
          <WaitingFor events={events} now={now} />
        </Fact>
      )}
      {tags.length > 0 && (
        <Fact name="Tags">
          <Tags tags={tags} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const SHOWN = 3;

function WaitingFor({ events, now }: { events: readonly RunEvent[]; now: number }) {
  const waiting = waitingFor(events);
  if (waiting.length === 0) return <>its next turn</>;
  return (
    <>
      {waiting.slice(0, SHOWN).map((each, index) => (
        <span key={index} class="waiting">
          {waitingText(each)}
          <span class="muted">
            {each.until ? (
              <>
                {" until "}
                <Moment time={each.until} />
              </>
            ) : (
              `, for ${durationText(Math.max(0, now - each.since.getTime()))}`
            )}
          </span>
        </span>
      ))}
      {waiting.length > SHOWN && <span class="muted">and {waiting.length - SHOWN} more</span>}
    </>
  );
}

import { useState } from "preact/hooks";
import { type ErrorSummary, isEnded, type Run, type RunEvent } from "../../http/client/index.ts";
import { FamilyCard } from "../family/family-card.tsx";
import { Heading } from "../heading.tsx";
import { Icon } from "../icon.tsx";
import { LiveSwitch, PollError } from "../live-bar.tsx";
import { runsHref, startHref } from "../route.ts";
import { StatusBadge } from "../status-badge.tsx";
import { Timeline } from "../timeline/timeline.tsx";
import { useNow } from "../use-now.ts";
import { CopyButton, TextCard, ValueCard } from "../value-card.tsx";
import { CancelDialog } from "./cancel-dialog.tsx";
import { CancellationCard } from "./cancellation-card.tsx";
import { ChannelsCard } from "./channels-card.tsx";
import { EventsCard } from "./events-card.tsx";
import { Facts } from "./facts.tsx";
import { GenerationBar, PastLogError, usePastLog } from "./generation-bar.tsx";
import { HooksCard } from "./hooks-card.tsx";
import { LengthNote } from "./length-note.tsx";
import { PauseDialog } from "./pause-dialog.tsx";
import { PauseNote } from "./pause-note.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { TerminateDialog } from "./terminate-dialog.tsx";
import { TerminationCard } from "./termination-card.tsx";
import { type LoadedRun, useRun } from "./use-run.ts";

/** One run: what it is, what became of it, and the means to steer it. */
export function RunPage({ runId }: { runId: string }) {
  const { loaded, missing, polling } = useRun(runId);
  const [asking, setAsking] = useState<"pause" | "cancel" | "terminate">();
  const done = () => setAsking(undefined);
  if (missing) return <NotFound runId={runId} />;
  const ended = loaded !== undefined && isEnded(loaded.run.status);
  return (
    <>
      <div class="above">
        <a class="back" href={runsHref()}>
          <Icon name="back" />
          All runs
        </a>
        {loaded && !ended && <LiveSwitch polling={polling} />}
      </div>
      <header class="page-head">
        <div class="run-title">
          <Heading title={runId}>
            <span class="mono">{runId}</span>
          </Heading>
          <CopyButton text={runId} what="the run's id" />
          <span role="status">{loaded && <StatusBadge status={loaded.run.status} />}</span>
        </div>
        <div class="row">
          {loaded && !ended && !loaded.run.cancellation && !loaded.run.pause && (
            <button type="button" onClick={() => setAsking("pause")}>
              <Icon name="pause" />
              Pause …
            </button>
          )}
          {loaded && !ended && !loaded.run.cancellation && (
            <button type="button" class="primary" onClick={() => setAsking("cancel")}>
              <Icon name="slash" />
              Cancel …
            </button>
          )}
          {loaded && !ended && (
            <button type="button" class="danger outline" onClick={() => setAsking("terminate")}>
              <Icon name="stop" />
              Terminate …
            </button>
          )}
          {loaded && ended && (
            <a class="button" href={startHref(loaded.run.workflow)}>
              <Icon name="play" />
              Start another
            </a>
          )}
        </div>
      </header>
      <PollError polling={polling} what="This run" />
      {loaded ? (
        <RunDetails loaded={loaded} onChange={polling.refresh} />
      ) : (
        !polling.error && <Skeleton />
      )}
      {loaded && asking === "pause" && (
        <PauseDialog runId={runId} onClose={done} onChange={polling.refresh} />
      )}
      {loaded && asking === "cancel" && (
        <CancelDialog loaded={loaded} onClose={done} onChange={polling.refresh} />
      )}
      {loaded && asking === "terminate" && (
        <TerminateDialog runId={runId} onClose={done} onChange={polling.refresh} />
      )}
    </>
  );
}

interface RunDetailsProps {
  loaded: LoadedRun;
  /** The run may have changed, and should be looked at. */
  onChange(): void;
}

function RunDetails({ loaded: { run, events }, onChange }: RunDetailsProps) {
  const now = useNow(!isEnded(run.status));
  const [asked, setAsked] = useState<number>();
  const past = asked !== undefined && asked < run.generation ? asked : undefined;
  const { events: pastEvents, error } = usePastLog(run.runId, past);
  const shown = past === undefined ? events : pastEvents;
  return (
    <div class="stack">
      <ProblemNote run={run} onChange={onChange} />
      <PauseNote run={run} onChange={onChange} />
      <LengthNote run={run} events={events.length} />
      <section class="card" aria-label="Facts">
        <Facts run={run} events={events} now={now} />
      </section>
      {!isEnded(run.status) && <HooksCard runId={run.runId} events={events} onChange={onChange} />}
      {!isEnded(run.status) && <ChannelsCard run={run} events={events} onChange={onChange} />}
      <CancellationCard run={run} events={events} />
      <TerminationCard run={run} />
      {run.generation > 1 && (
        <GenerationBar last={run.generation} shown={past ?? run.generation} onShow={setAsked} />
      )}
      {error !== undefined && <PastLogError error={error} />}
      {past === undefined && <FamilyCard run={run} events={events} now={now} />}
      {shown && <Timeline events={shown} now={now} />}
      <div class="two">
        {shown && <ValueCard title="Input" value={inputOf(run, shown)} />}
        {run.error && <TextCard title="Error" text={errorText(run.error)} />}
        {"output" in run && <ValueCard title="Output" value={run.output} />}
      </div>
      {shown && <EventsCard events={shown} />}
    </div>
  );
}

/** Each generation begins with its own. */
function inputOf({ input }: Run, [start]: readonly RunEvent[]): unknown {
  return start?.type === "workflow.started" ? start.input : input;
}

/** A run's error comes as a record: of its stack, and of those of its causes. */
function errorText({ name, message, code, stack, cause }: ErrorSummary): string {
  const title = stack?.includes(message) ? stack : `${name}: ${message}`;
  const parts = [code === undefined ? title : `${title}\ncode: ${code}`];
  if (cause) parts.push(`Caused by ${errorText(cause)}`);
  return parts.join("\n\n");
}

function NotFound({ runId }: { runId: string }) {
  return (
    <div class="empty">
      <Icon name="slash" />
      <Heading title="No such run" />
      <p>
        There is no run <span class="mono">{runId}</span>. Check the id; runs are deleted after
        their retention. <a href={runsHref()}>Go to the runs</a>
      </p>
    </div>
  );
}

function Skeleton() {
  return (
    <div class="card skeleton" role="status">
      <span class="unseen">Loading the run …</span>
      {Array.from({ length: 8 }, (_, index) => (
        <span key={index} class="bone" />
      ))}
    </div>
  );
}

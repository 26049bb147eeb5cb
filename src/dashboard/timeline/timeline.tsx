import { useMemo, useState } from "preact/hooks";
import type { RunEvent } from "../../http/client/index.ts";
import { durationText } from "../time-text.ts";
import { thinOut } from "./crowd.ts";
import { InboxRow } from "./inbox-row.tsx";
import { LaneRow } from "./lane-row.tsx";
import { layOut, type Mark, type Row } from "./layout.ts";
import { Legend } from "./legend.tsx";
import { MarkRow } from "./mark-row.tsx";
import { percent, type Scale, scaleOf } from "./scale.ts";

/** More rows than this are shown only when asked for. */
const MOST_ROWS = 120;

/** The log drawn in time, a row for each step, sleep, channel and turn of events. */
export function Timeline({ events, now }: { events: readonly RunEvent[]; now: number }) {
  const layout = useMemo(() => layOut(events), [events]);
  const end = layout.to ?? Math.max(now, events.at(-1)?.at.getTime() ?? now);
  const scale = useMemo(() => scaleOf(layout, end), [layout, end]);
  const [all, setAll] = useState(false);
  if (layout.rows.length === 0) return <NothingYet />;
  const { rows, left } = thinOut(layout.rows);
  const hidden = all ? 0 : Math.max(0, rows.length - MOST_ROWS);
  return (
    <section class="card" aria-labelledby="timeline">
      <header class="card-head">
        <h2 id="timeline">Timeline</h2>
        <span class="muted small-text">{durationText(end - layout.from)} in all</span>
      </header>
      <div class="timeline">
        <Plot scale={scale} marks={layout.marks} />
        {hidden > 0 && (
          <button type="button" class="small more" onClick={() => setAll(true)}>
            Show {hidden} earlier rows
          </button>
        )}
        <ol class="lanes">
          {rows.slice(hidden).map((row) => (
            <TimelineRow key={keyOf(row)} row={row} scale={scale} from={layout.from} now={end} />
          ))}
        </ol>
        {left > 0 && (
          <p class="muted small-text family-note">
            {left === 1 ? "1 more child is" : `${left} more children are`} in the list of children
            only.
          </p>
        )}
      </div>
      <Legend layout={layout} scale={scale} />
    </section>
  );
}

function NothingYet() {
  return (
    <section class="card" aria-labelledby="timeline">
      <header class="card-head">
        <h2 id="timeline">Timeline</h2>
      </header>
      <p class="card-body muted">No step has begun yet.</p>
    </section>
  );
}

function keyOf(row: Row): string {
  if ("inbox" in row) return `inbox ${row.inbox.channel}`;
  return "lane" in row ? `lane ${row.lane.command}` : `mark ${row.mark.event.seq}`;
}

interface TimelineRowProps {
  row: Row;
  scale: Scale;
  from: number;
  now: number;
}

function TimelineRow({ row, scale, from, now }: TimelineRowProps) {
  if ("inbox" in row) return <InboxRow inbox={row.inbox} scale={scale} from={from} />;
  if ("mark" in row) return <MarkRow mark={row.mark} scale={scale} from={from} />;
  return <LaneRow lane={row.lane} scale={scale} from={from} now={now} />;
}

/** What lies behind the rows: the axis, the lines of the marks, and where time is cut short. */
function Plot({ scale, marks }: { scale: Scale; marks: readonly Mark[] }) {
  return (
    <div class="plot" aria-hidden="true">
      <div class="plot-area">
        <Pauses scale={scale} marks={marks} />
        <Zones scale={scale} marks={marks} />
        {scale.ticks.map(({ place, elapsed }) => (
          <span key={elapsed} class="tick" style={{ left: percent(place) }}>
            {durationText(elapsed)}
          </span>
        ))}
        {scale.cuts.map(({ from, to }) => (
          <span
            key={from}
            class="cut"
            style={{
              left: percent(scale.place(from)),
              width: percent(scale.place(to) - scale.place(from)),
            }}
          >
            <span>{durationText(to - from)}</span>
          </span>
        ))}
        {marks.map(({ kind, at, event }) => (
          <span
            key={event.seq}
            class={`line is-${kind}`}
            style={{ left: percent(scale.place(at)) }}
          />
        ))}
      </div>
    </div>
  );
}

/** Each pause, until it is over. */
function Pauses({ scale, marks }: { scale: Scale; marks: readonly Mark[] }) {
  return (
    <>
      {marks.map(({ kind, at, event }, index) => {
        if (kind !== "paused") return null;
        const from = scale.place(at);
        const end = marks[index + 1];
        const width = (end ? scale.place(end.at) : 1) - from;
        return (
          <span
            key={event.seq}
            class="zone is-resting"
            style={{ left: percent(from), width: percent(width) }}
          />
        );
      })}
    </>
  );
}

/** From the request to the delivery, and from there to the end. */
function Zones({ scale, marks }: { scale: Scale; marks: readonly Mark[] }) {
  const at = (kind: Mark["kind"]) => marks.find((mark) => mark.kind === kind)?.at;
  const requested = at("requested");
  if (requested === undefined) return null;
  const from = scale.place(requested);
  const delivered = at("delivered");
  const to = delivered === undefined ? 1 : scale.place(delivered);
  return (
    <>
      <span class="zone is-stopping" style={{ left: percent(from), width: percent(to - from) }} />
      {delivered !== undefined && (
        <span class="zone is-cleanup" style={{ left: percent(to), width: percent(1 - to) }} />
      )}
    </>
  );
}

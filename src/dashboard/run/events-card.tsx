import { useId, useMemo, useState } from "preact/hooks";
import { fieldsOf, type RunEvent } from "../../http/client/index.ts";
import { nameIn } from "../../http/client/kinds.ts";
import { clockText, durationText, timeText, zoneText } from "../time-text.ts";
import { ValueText } from "../value-card.tsx";
import { valueText } from "../value-text.ts";

const MOST_ROWS = 200;

/** The log, event by event, as it is. */
export function EventsCard({ events }: { events: readonly RunEvent[] }) {
  const id = useId();
  const [filter, setFilter] = useState("");
  const [all, setAll] = useState(false);
  const wanted = filter.trim().toLowerCase();
  const fitting = events.filter((event) => wanted === "" || hasText(event, wanted));
  const hidden = all ? 0 : Math.max(0, fitting.length - MOST_ROWS);
  const [first] = events;
  return (
    <section class="card" aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>Events</h2>
        <span class="muted small-text">
          {wanted === "" ? events.length : `${fitting.length} of ${events.length}`}
          {first && `, times in ${zoneText(first.at)}`}
        </span>
        <input
          type="search"
          class="small"
          placeholder="Filter, such as cancellation"
          aria-label="Filter the events"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      </header>
      {hidden > 0 && (
        <button type="button" class="small more" onClick={() => setAll(true)}>
          Show {hidden} earlier events
        </button>
      )}
      {first && fitting.length > 0 ? (
        <ol class="events">
          {fitting.slice(hidden).map((event) => (
            <EventRow key={event.seq} event={event} start={first.at} />
          ))}
        </ol>
      ) : (
        <p class="empty muted">No event has “{filter}”.</p>
      )}
    </section>
  );
}

function hasText(event: RunEvent, wanted: string): boolean {
  return `${event.type} ${summaryOf(event)}`.toLowerCase().includes(wanted);
}

function EventRow({ event, start }: { event: RunEvent; start: Date }) {
  const [open, setOpen] = useState(false);
  const { seq, type, at } = event;
  const [family] = type.split(".");
  return (
    <li>
      <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
        <summary>
          <span class="fold" aria-hidden="true" />
          <span class="event-time mono" title={at.toISOString()}>
            {clockText(at)}
          </span>
          <span class="event-elapsed mono muted">
            +{durationText(at.getTime() - start.getTime())}
          </span>
          <span class={`event-type is-${family}`}>{type}</span>
          <span class="event-about">{summaryOf(event)}</span>
        </summary>
        {open && <EventFields event={event} label={`Event ${seq}`} />}
      </details>
    </li>
  );
}

function EventFields({ event, label }: { event: RunEvent; label: string }) {
  const text = useMemo(() => valueText(event), [event]);
  return <ValueText label={label} text={text} />;
}

/** What tells an event from others of its type. */
function summaryOf(event: RunEvent): string {
  const { attempt, shielded, begun, leftBehind, reason } = fieldsOf(event);
  const { requestedBy, checkpoint, retryAt, until } = fieldsOf(event);
  const isLater = typeof attempt === "number" && attempt > 1;
  const parts = [
    nameIn(event),
    isLater && `attempt ${attempt}`,
    shielded === true && "shielded",
    leftBehind === true && "left behind while it still executed",
    (attempt === 0 || begun === false) && "never awaited, so it never began",
    checkpoint !== undefined && `at ${checkpoint}`,
    requestedBy !== undefined && `by ${requestedBy}`,
    reason,
    retryAt instanceof Date && `again at ${clockText(retryAt)}`,
    until instanceof Date && `until ${timeText(until)}`,
  ];
  return parts.filter((part) => typeof part === "string").join(", ");
}

import { useId, useState } from "preact/hooks";
import { Icon, type IconName } from "../icon.tsx";
import { runHref } from "../route.ts";
import { durationText } from "../time-text.ts";
import { ValueText } from "../value-card.tsx";
import { valueText } from "../value-text.ts";
import { segmentText } from "./bars.ts";
import { DRAWN_KINDS } from "./kinds.ts";
import { type Lane, lastOutcome, type Outcome, type Segment } from "./lane.ts";
import { percent, type Scale } from "./scale.ts";
import { laneText, lengthOfLane } from "./words.ts";

interface LaneRowProps {
  lane: Lane;
  scale: Scale;
  /** When the run was created. */
  from: number;
  now: number;
}

const SIGNS: { readonly [Each in Outcome]: IconName } = {
  open: "play",
  completed: "check",
  failed: "cross",
  cancelled: "slash",
  abandoned: "stop",
  lost: "stop",
  unbegun: "slash",
};

/** A command: what it is, when it was at work, and on pressing all about it. */
export function LaneRow({ lane, scale, from, now }: LaneRowProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const outcome = lastOutcome(lane);
  const standing = lane.shielded ? "shield" : SIGNS[outcome];
  return (
    <li class={`lane is-${lane.kind} out-${outcome}${lane.shielded ? " is-shielded" : ""}`}>
      <button
        type="button"
        class="lane-head"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <span class="fold" aria-hidden="true" />
        <Icon name={DRAWN_KINDS[lane.kind].icon ?? standing} />
        <span class="lane-name" aria-hidden="true">
          {lane.name}
        </span>
        <LaneTags lane={lane} />
        <span class="unseen">{laneText(lane, now)}</span>
      </button>
      <div class="track" aria-hidden="true">
        {lane.segments.map((segment) => (
          <Bar key={segment.from} segment={segment} lane={lane} scale={scale} now={now} />
        ))}
      </div>
      <span class="lane-length" aria-hidden="true">
        {durationText(lengthOfLane(lane, now))}
        <Icon name={SIGNS[outcome]} />
      </span>
      <div id={id} class="lane-details" hidden={!open}>
        {open && <Details lane={lane} from={from} now={now} />}
      </div>
    </li>
  );
}

function LaneTags({ lane: { cleanup, shielded, segments } }: { lane: Lane }) {
  const attempts = segments.at(-1)?.attempt ?? segments.findLast((each) => each.attempt)?.attempt;
  return (
    <span class="lane-tags" aria-hidden="true">
      {shielded && <span class="lane-tag is-clean">{cleanup ? "clean-up" : "shielded"}</span>}
      {attempts !== undefined && attempts > 1 && <span class="lane-tag">{attempts} attempts</span>}
    </span>
  );
}

interface BarProps {
  segment: Segment;
  lane: Lane;
  scale: Scale;
  now: number;
}

function Bar({ segment, lane, scale, now }: BarProps) {
  const { kind, outcome } = segment;
  const start = scale.place(segment.from);
  const shield = lane.shielded ? " is-shielded" : "";
  return (
    <span
      class={`bar is-${kind} out-${outcome}${shield}`}
      title={segmentText(segment, now)}
      style={{ left: percent(start), width: percent(scale.place(segment.to ?? now) - start) }}
    />
  );
}

function Details({ lane, from, now }: { lane: Lane; from: number; now: number }) {
  const { child } = lane;
  return (
    <ol class="attempts">
      {child !== undefined && (
        <li>
          Run{" "}
          <a class="mono" href={runHref(child)}>
            {child}
          </a>
        </li>
      )}
      {lane.segments.map((segment) => (
        <li key={segment.from}>
          <p>
            <span class="mono muted">+{durationText(segment.from - from)}</span>{" "}
            {segmentText(segment, now)}
          </p>
          {segment.error !== undefined && <Value what="Error" value={segment.error} />}
          {segment.outcome === "completed" && segment.kind === "attempt" && (
            <Value what="Result" value={segment.result} />
          )}
          {segment.outcome === "completed" && segment.kind === "child" && (
            <Value what="Output" value={segment.result} />
          )}
          {segment.outcome === "completed" && segment.kind === "hook" && (
            <Value what="Payload" value={segment.result} />
          )}
          {segment.outcome === "completed" && segment.kind === "receive" && (
            <Value what="Message" value={segment.result} />
          )}
        </li>
      ))}
    </ol>
  );
}

function Value({ what, value }: { what: string; value: unknown }) {
  return (
    <div class="attempt-value">
      <span class="muted small-text">{what}</span>
      <ValueText label={what} text={valueText(value)} />
    </div>
  );
}

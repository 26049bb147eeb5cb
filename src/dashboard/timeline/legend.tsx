import { BARS } from "./bars.ts";
import type { Layout } from "./layout.ts";
import type { Scale } from "./scale.ts";

/** What the bars and lines mean; only of those that are there. */
export function Legend({ layout, scale }: { layout: Layout; scale: Scale }) {
  const entries = entriesOf(layout, scale);
  if (entries.length === 0) return null;
  return (
    <ul class="legend" aria-label="Legend of the timeline">
      {entries.map(([look, label]) => (
        <li key={look}>
          <span class={`swatch ${look}`} aria-hidden="true" />
          {label}
        </li>
      ))}
    </ul>
  );
}

type Entry = [look: string, label: string];

const LABELS: readonly Entry[] = [
  ["bar is-attempt out-completed", "attempt"],
  ["bar is-attempt out-failed", "failed attempt"],
  ["bar is-attempt out-open", "executing"],
  ["bar is-attempt out-cancelled", "cancelled attempt"],
  ["bar is-attempt out-lost", "attempt lost with its function"],
  ["bar is-attempt out-abandoned", "cut off by the end"],
  ["bar is-attempt out-unbegun", "never awaited"],
  ["bar is-attempt out-completed is-shielded", "shielded attempt"],
  ["bar is-attempt out-open is-shielded", "shielded, executing"],
  ...Object.entries(BARS).flatMap(([kind, { legend }]): Entry[] =>
    legend === undefined ? [] : [[`bar is-${kind}`, legend]],
  ),
];

function entriesOf({ lanes, marks, inboxes }: Layout, { cuts }: Scale): Entry[] {
  const looks = new Set(
    lanes.flatMap(({ segments, shielded }) =>
      segments.map(({ kind, outcome }) => {
        if (kind !== "attempt") return `bar is-${kind}`;
        const isShown = shielded && (outcome === "completed" || outcome === "open");
        return `bar is-attempt out-${outcome}${isShown ? " is-shielded" : ""}`;
      }),
    ),
  );
  const entries = LABELS.filter(([look]) => looks.has(look));
  const has = (kind: string): boolean => marks.some((mark) => mark.kind === kind);
  if (inboxes.length > 0) entries.push(["dot", "message"]);
  if (has("paused")) entries.push(["zone is-resting", "paused"]);
  if (has("requested")) entries.push(["line is-requested", "cancel requested"]);
  if (has("delivered")) entries.push(["line is-delivered", "cancellation delivered"]);
  if (has("requested")) entries.push(["zone is-stopping", "stopping"]);
  if (has("delivered")) entries.push(["zone is-cleanup", "after the delivery"]);
  if (cuts.length > 0) entries.push(["cut", "not to scale"]);
  return entries;
}

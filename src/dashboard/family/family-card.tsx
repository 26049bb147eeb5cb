import type { Run, RunEvent } from "../../http/client/index.ts";
import { countChildren, familyText } from "./family-counts.ts";
import { Members } from "./members.tsx";

/** The runs that this one has started, with theirs, and how each of them stands. */
export function FamilyCard({
  run,
  events,
  now,
}: {
  run: Run;
  events: readonly RunEvent[];
  now: number;
}) {
  const counts = countChildren(events);
  if (counts.born === 0) return null;
  return (
    <section class="card" aria-labelledby="family">
      <header class="card-head">
        <h2 id="family">Children</h2>
        <span class="muted small-text">{familyText(counts)}</span>
      </header>
      <Members of={run} level={1} now={now} />
    </section>
  );
}

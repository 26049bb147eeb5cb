import type { Run } from "../../http/client/index.ts";
import { Moment } from "../moment.tsx";

/** Who ended the run at once, when and why. */
export function TerminationCard({ run: { termination } }: { run: Run }) {
  if (!termination) return null;
  const { reason, requestedBy, at } = termination;
  return (
    <section class="card" aria-labelledby="termination">
      <header class="card-head">
        <h2 id="termination">Termination</h2>
      </header>
      <div class="card-body">
        {reason !== undefined && <blockquote>{reason}</blockquote>}
        <p>
          Ended at once by {requestedBy ?? "somebody who gave no name"}, <Moment time={at} />. What
          had not been done by then is left undone.
        </p>
      </div>
    </section>
  );
}

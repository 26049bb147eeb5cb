import type { Run, RunEvent } from "../../http/client/index.ts";
import { stagesOf } from "./stages.ts";
import { Stepper } from "./stepper.tsx";

/** Who wanted the run to stop, why, how that went and what was cleaned up. */
export function CancellationCard({ run, events }: { run: Run; events: readonly RunEvent[] }) {
  const { cancellation } = run;
  if (!cancellation) return null;
  return (
    <section class="card" aria-labelledby="cancellation">
      <header class="card-head">
        <h2 id="cancellation">Cancellation</h2>
      </header>
      <div class="card-body">
        {cancellation.reason !== undefined && <blockquote>{cancellation.reason}</blockquote>}
        <Stepper stages={stagesOf(run, events)} />
      </div>
    </section>
  );
}

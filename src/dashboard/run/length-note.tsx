import { nearLimit, type Run } from "../../http/client/index.ts";
import { Note } from "../note.tsx";

/** When little is left, it is more than something to know. */
const SOON = 0.8;

/** That a run's log grows towards its limit, long before it gets there. */
export function LengthNote({ run, events }: { run: Run; events: number }) {
  const limit = nearLimit(run, events);
  if (limit === undefined) return null;
  const [is, most] = [events, limit].map((count) => count.toLocaleString("en"));
  return (
    <Note
      tone={events >= SOON * limit ? "caution" : "plain"}
      title={`Its log has ${is} of the ${most} events that it may have.`}
    >
      <p>
        There it is stopped gracefully, and fails. Split such work over several runs, or raise{" "}
        <span class="mono">limits</span> of its workflow.
      </p>
    </Note>
  );
}

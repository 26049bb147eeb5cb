import { useEffect, useState } from "preact/hooks";
import { type OpenHook, type RunEvent, waitingFor } from "../../http/client/index.ts";
import { Icon } from "../icon.tsx";
import { Moment } from "../moment.tsx";
import { ErrorNote } from "../note.tsx";
import { useSession } from "../session.tsx";
import { PayloadDialog } from "./payload-dialog.tsx";

interface HooksCardProps {
  runId: string;
  events: readonly RunEvent[];
  /** The run has changed, and should be looked at. */
  onChange(): void;
}

/** What the run asks somebody outside: whoever may see it may answer. */
export function HooksCard({ runId, events, onChange }: HooksCardProps) {
  const { client } = useSession();
  const [hooks, setHooks] = useState<readonly OpenHook[]>([]);
  const [answering, setAnswering] = useState<OpenHook>();
  const [error, setError] = useState<unknown>();
  // Others are asked, or fewer, only when the log says so.
  const asked = waitingFor(events).filter(({ kind }) => kind === "hook").length;
  const last = events.findLast(({ type }) => /^(hook|cancellation)\./.test(type))?.seq;
  useEffect(() => {
    const leaving = new AbortController();
    const load = asked === 0 ? Promise.resolve([]) : client.hooks(runId, leaving);
    load.then(
      (found) => {
        setHooks(found);
        setError(undefined);
      },
      (failure) => leaving.signal.aborted || setError(failure),
    );
    return () => leaving.abort();
  }, [runId, asked, last]);
  if (error !== undefined) return <ErrorNote title="Its hooks cannot be read." error={error} />;
  if (hooks.length === 0 && !answering) return null;
  return (
    <section class="card card-body hooks" aria-labelledby="hooks">
      <h2 id="hooks">Waits for an answer</h2>
      <ul class="stack-small">
        {hooks.map((open) => (
          <li key={open.command} class="row">
            <Icon name="mail" />
            <span class="mono">{open.hook}</span>
            {open.expiresAt && (
              <span class="muted">
                until <Moment time={open.expiresAt} />
              </span>
            )}
            <button type="button" class="small" onClick={() => setAnswering(open)}>
              Answer …<span class="unseen"> hook {open.hook}</span>
            </button>
          </li>
        ))}
      </ul>
      {answering && (
        <PayloadDialog
          title={`Answer hook ${answering.hook}`}
          about="The run goes on with the first answer that comes, and takes no other."
          schema={answering.schema}
          action="Send the answer"
          send={(payload) => client.resumeHook(answering.token, payload)}
          onClose={() => setAnswering(undefined)}
          onChange={onChange}
        />
      )}
    </section>
  );
}

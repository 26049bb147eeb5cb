import { useId, useState } from "preact/hooks";
import { Dialog } from "../dialog.tsx";
import { messageOf, Note } from "../note.tsx";
import { useSession } from "../session.tsx";
import { useAsking } from "./use-asking.ts";
import { WhyFields } from "./why-fields.tsx";

interface TerminateDialogProps {
  runId: string;
  onClose(): void;
  /** The run has changed, and should be looked at. */
  onChange(): void;
}

/** Asks twice: what is cut off here is never cleaned up. */
export function TerminateDialog({ runId, onClose, onChange }: TerminateDialogProps) {
  const { client } = useSession();
  const id = useId();
  const [asked, setAsked] = useState(false);
  const { why, setWhy, busy, error, submit } = useAsking(
    (said) => client.terminate(runId, said),
    onChange,
  );

  return (
    <Dialog title={asked ? "Terminate without clean-up?" : "Terminate this run?"} onClose={onClose}>
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (asked) void submit(close);
            else setAsked(true);
          }}
        >
          <div class="dialog-body">
            {asked ? (
              <Note tone="caution" title="This cannot be undone.">
                Run <span class="mono">{runId}</span> ends at once. What it has done stays as it is:
                nothing is given back, released or refunded.
              </Note>
            ) : (
              <>
                <p>
                  It ends at once. <strong>No clean-up is run</strong>, and what its executing steps
                  return is dropped. Cancel it instead if its clean-up matters.
                </p>
                <WhyFields
                  id={id}
                  why={why}
                  placeholder="Why is it terminated? It is kept in the log."
                  onChange={setWhy}
                />
              </>
            )}
            {error !== undefined && (
              <Note tone="bad" title="The run could not be terminated.">
                {messageOf(error)}
              </Note>
            )}
          </div>
          <footer class="dialog-foot">
            <button type="button" onClick={asked ? () => setAsked(false) : close}>
              {asked ? "Back" : "Keep it running"}
            </button>
            <button type="submit" class={asked ? "danger" : "danger outline"} disabled={busy}>
              {asked ? (busy ? "Terminating …" : "Terminate now") : "Continue …"}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  );
}

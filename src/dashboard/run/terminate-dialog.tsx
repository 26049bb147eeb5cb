import { useId, useState } from "preact/hooks";
import { LONGEST_REASON } from "../../core/bounds.ts";
import { Dialog } from "../dialog.tsx";
import { Field } from "../field.tsx";
import { messageOf, Note } from "../note.tsx";
import { keepName, keptName, useSession } from "../session.tsx";

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
  const [reason, setReason] = useState("");
  const [name, setName] = useState(keptName);
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const terminate = async (close: () => void) => {
    setBusy(true);
    setError(undefined);
    keepName(name.trim());
    try {
      await client.terminate(runId, {
        reason: reason.trim() || undefined,
        requestedBy: name.trim() || undefined,
      });
      onChange();
      close();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <Dialog title={asked ? "Terminate without clean-up?" : "Terminate this run?"} onClose={onClose}>
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (asked) void terminate(close);
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
                <Field id={`${id}-reason`} label="Reason" optional>
                  <textarea
                    id={`${id}-reason`}
                    rows={2}
                    maxLength={LONGEST_REASON}
                    placeholder="Why is it terminated? It is kept in the log."
                    value={reason}
                    onInput={(event) => setReason(event.currentTarget.value)}
                  />
                </Field>
                <Field id={`${id}-name`} label="Your name" optional>
                  <input
                    id={`${id}-name`}
                    maxLength={LONGEST_REASON}
                    autocomplete="name"
                    value={name}
                    onInput={(event) => setName(event.currentTarget.value)}
                  />
                </Field>
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

import { useId } from "preact/hooks";
import { Dialog } from "../dialog.tsx";
import { messageOf, Note } from "../note.tsx";
import { useSession } from "../session.tsx";
import { useAsking } from "./use-asking.ts";
import { WhyFields } from "./why-fields.tsx";

interface PauseDialogProps {
  runId: string;
  onClose(): void;
  /** The run has changed, and should be looked at. */
  onChange(): void;
}

/** Asks why, and says what a pause does not hold back. */
export function PauseDialog({ runId, onClose, onChange }: PauseDialogProps) {
  const { client } = useSession();
  const id = useId();
  const { why, setWhy, busy, error, submit } = useAsking(
    (said) => client.pause(runId, said),
    onChange,
  );

  return (
    <Dialog title="Pause this run?" onClose={onClose}>
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit(close);
          }}
        >
          <div class="dialog-body">
            <p>
              Nothing new starts until it is resumed. The step that executes is let finish, what is
              shielded completes, and what comes in meanwhile is kept.
            </p>
            <WhyFields
              id={id}
              why={why}
              placeholder="Why should it rest? It is kept in the log."
              onChange={setWhy}
            />
            {error !== undefined && (
              <Note tone="bad" title="The run could not be paused.">
                {messageOf(error)}
              </Note>
            )}
          </div>
          <footer class="dialog-foot">
            <button type="button" onClick={close}>
              Keep it running
            </button>
            <button type="submit" class="primary" disabled={busy}>
              {busy ? "Pausing …" : "Pause the run"}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  );
}

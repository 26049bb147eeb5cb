import { useId, useState } from "preact/hooks";
import { LONGEST_REASON } from "../../core/bounds.ts";
import {
  type CancelAnswer,
  InvalidInputError,
  isEnded,
  type Run,
} from "../../http/client/index.ts";
import { Dialog } from "../dialog.tsx";
import { Field, saidOf } from "../field.tsx";
import { messageOf, Note } from "../note.tsx";
import { keepName, keptName, useSession } from "../session.tsx";
import { StatusBadge } from "../status-badge.tsx";
import { stagesOf } from "./stages.ts";
import { Stepper } from "./stepper.tsx";
import type { LoadedRun } from "./use-run.ts";

interface CancelDialogProps {
  loaded: LoadedRun;
  onClose(): void;
  /** The run has changed, and should be looked at. */
  onChange(): void;
}

/** Asks why and for how long, then shows how it goes until the run has ended. */
export function CancelDialog({ loaded, onClose, onChange }: CancelDialogProps) {
  const [answer, setAnswer] = useState<CancelAnswer>();
  return (
    <Dialog title={answer ? "Cancelling the run" : "Cancel this run?"} onClose={onClose}>
      {(close) =>
        answer ? (
          <Progress loaded={loaded} answer={answer} close={close} />
        ) : (
          <Request
            runId={loaded.run.runId}
            close={close}
            onAnswer={(given) => {
              setAnswer(given);
              onChange();
            }}
          />
        )
      }
    </Dialog>
  );
}

interface RequestProps {
  runId: string;
  close(): void;
  onAnswer(answer: CancelAnswer): void;
}

const GRACE_HINT =
  "How long clean-up may take once it begins, such as 30s or 5m. Then the run is terminated.";

function Request({ runId, close, onAnswer }: RequestProps) {
  const { client } = useSession();
  const id = useId();
  const [reason, setReason] = useState("");
  const [name, setName] = useState(keptName);
  const [grace, setGrace] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const issues = error instanceof InvalidInputError ? error.issues : [];
  const issueOf = (field: string) => issues.find(({ path }) => path?.includes(field))?.message;
  const isPlaced = ["reason", "requestedBy", "gracePeriod"].some((field) => issueOf(field));

  const submit = async () => {
    setBusy(true);
    setError(undefined);
    keepName(name.trim());
    try {
      onAnswer(
        await client.cancel(runId, {
          reason: reason.trim() || undefined,
          requestedBy: name.trim() || undefined,
          gracePeriod: grace.trim() || undefined,
        }),
      );
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div class="dialog-body">
        <p>
          It ends at its next checkpoint: the step that executes is let finish, what is shielded
          completes, and the clean-up is done.
        </p>
        <Field id={`${id}-reason`} label="Reason" optional issue={issueOf("reason")}>
          <textarea
            {...saidOf(`${id}-reason`, { issue: issueOf("reason") })}
            rows={2}
            maxLength={LONGEST_REASON}
            placeholder="Why should it stop? It is kept in the log."
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </Field>
        <div class="two">
          <Field id={`${id}-name`} label="Your name" optional issue={issueOf("requestedBy")}>
            <input
              {...saidOf(`${id}-name`, { issue: issueOf("requestedBy") })}
              maxLength={LONGEST_REASON}
              autocomplete="name"
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </Field>
          <Field
            id={`${id}-grace`}
            label="Grace period"
            optional
            hint={GRACE_HINT}
            issue={issueOf("gracePeriod")}
          >
            <input
              {...saidOf(`${id}-grace`, { hint: GRACE_HINT, issue: issueOf("gracePeriod") })}
              placeholder="15m"
              value={grace}
              onInput={(event) => setGrace(event.currentTarget.value)}
            />
          </Field>
        </div>
        {error !== undefined && !isPlaced && (
          <Note tone="bad" title="The run could not be cancelled.">
            {messageOf(error)}
          </Note>
        )}
      </div>
      <footer class="dialog-foot">
        <button type="button" onClick={close}>
          Keep it running
        </button>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "Asking …" : "Cancel the run"}
        </button>
      </footer>
    </form>
  );
}

interface ProgressProps {
  loaded: LoadedRun;
  answer: CancelAnswer;
  close(): void;
}

function Progress({ loaded: { run, events }, answer, close }: ProgressProps) {
  const ended = isEnded(run.status);
  return (
    <>
      <div class="dialog-body">
        {answer.outcome === "already-requested" && (
          <Note tone="plain" title="It had been asked for before.">
            The first request stays in force, with its reason.
          </Note>
        )}
        {answer.outcome === "already-ended" && (
          <Note tone="plain" title="It had ended before.">
            There was nothing left to cancel.
          </Note>
        )}
        <p class="row" role="status">
          {ended ? "The run has ended:" : "The run is being cancelled:"}
          <StatusBadge status={ended ? run.status : statusOf(run, answer)} />
        </p>
        <Stepper stages={stagesOf(run, events)} />
      </div>
      <footer class="dialog-foot">
        {!ended && <span class="muted small-text">It goes on also when this is closed.</span>}
        <button type="button" class={ended ? "primary" : ""} onClick={close}>
          {ended ? "Done" : "Close"}
        </button>
      </footer>
    </>
  );
}

/** What was answered is newer than what was seen of the run before. */
function statusOf(run: Run, answer: CancelAnswer): Run["status"] {
  return run.cancellation ? run.status : answer.status;
}

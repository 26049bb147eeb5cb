import { useState } from "preact/hooks";
import { InvalidInputError, type OpenHook } from "../../http/client/index.ts";
import { Dialog } from "../dialog.tsx";
import { ErrorNote } from "../note.tsx";
import { useSession } from "../session.tsx";
import { Problems, useValueForm } from "../start/value-form.tsx";

interface AnswerDialogProps {
  hook: OpenHook;
  onClose(): void;
  /** The run has changed, and should be looked at. */
  onChange(): void;
}

/** Hands a payload to a hook, by a form where its schema tells what it takes. */
export function AnswerDialog({ hook, onClose, onChange }: AnswerDialogProps) {
  return (
    <Dialog title={`Answer hook ${hook.hook}`} onClose={onClose}>
      {(close) => <AnswerForm hook={hook} close={close} onChange={onChange} />}
    </Dialog>
  );
}

function AnswerForm({ hook, close, onChange }: Omit<AnswerDialogProps, "onClose"> & Closing) {
  const { client } = useSession();
  const payload = useValueForm(hook.schema, "Payload");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    const entered = payload.read();
    if (!entered) return;
    setBusy(true);
    setError(undefined);
    try {
      await client.resumeHook(hook.token, entered.value);
      onChange();
      close();
    } catch (failure) {
      setBusy(false);
      setError(failure);
      if (failure instanceof InvalidInputError) payload.refuse(failure);
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
        <p>The run goes on with the first answer that comes, and takes no other.</p>
        {payload.fields}
        {payload.problems.length > 0 && (
          <Problems title="The payload is not as it should be." problems={payload.problems} />
        )}
        {payload.problems.length === 0 && error !== undefined && (
          <ErrorNote title="The answer was not taken." error={error} />
        )}
      </div>
      <footer class="dialog-foot">
        <button type="button" onClick={close}>
          Not now
        </button>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "Sending …" : "Send the answer"}
        </button>
      </footer>
    </form>
  );
}

interface Closing {
  close(): void;
}

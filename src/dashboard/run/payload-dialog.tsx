import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { InvalidInputError } from "../../http/client/index.ts";
import { Dialog } from "../dialog.tsx";
import { ErrorNote } from "../note.tsx";
import type { JsonSchema } from "../start/fields.ts";
import { Problems, useValueForm } from "../start/value-form.tsx";

interface PayloadDialogProps {
  title: string;
  /** What becomes of it. */
  about: string;
  /** What it must be. */
  schema: JsonSchema | undefined;
  /** What the button says, such as `Send the answer`. */
  action: string;
  /** More to be told with it. */
  children?: ComponentChildren;
  /** @throws what keeps it from being taken. */
  send(payload: unknown): Promise<unknown>;
  onClose(): void;
  /** The run has changed, and should be looked at. */
  onChange(): void;
}

/** Sends a payload to a run, by a form where its schema tells what it takes. */
export function PayloadDialog({ title, onClose, ...form }: PayloadDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      {(close) => <PayloadForm {...form} close={close} />}
    </Dialog>
  );
}

type PayloadFormProps = Omit<PayloadDialogProps, "title" | "onClose"> & { close(): void };

function PayloadForm({ about, schema, action, children, ...how }: PayloadFormProps) {
  const { send, close, onChange } = how;
  const payload = useValueForm(schema, "Payload");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    const entered = payload.read();
    if (!entered) return;
    setBusy(true);
    setError(undefined);
    try {
      await send(entered.value);
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
        <p>{about}</p>
        {payload.fields}
        {children}
        {payload.problems.length > 0 && (
          <Problems title="The payload is not as it should be." problems={payload.problems} />
        )}
        {payload.problems.length === 0 && error !== undefined && (
          <ErrorNote title="It was not taken." error={error} />
        )}
      </div>
      <footer class="dialog-foot">
        <button type="button" onClick={close}>
          Not now
        </button>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "Sending …" : action}
        </button>
      </footer>
    </form>
  );
}

import { useState } from "preact/hooks";
import { InvalidInputError, type WorkflowSummary } from "../../http/client/index.ts";
import { Field, saidOf } from "../field.tsx";
import { ErrorNote } from "../note.tsx";
import { runHref } from "../route.ts";
import { useSession } from "../session.tsx";
import { Problems, useValueForm } from "./value-form.tsx";

const TAGS_HINT = "Separated by commas.";
const KEY_HINT = "A second start with the same key answers the first run.";

/** The input of a run, by a form where the workflow tells what it takes, or as JSON. */
export function StartForm({ workflow }: { workflow: WorkflowSummary }) {
  const { client } = useSession();
  const input = useValueForm(workflow.inputSchema, "Input");
  const [tags, setTags] = useState("");
  const [key, setKey] = useState("");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    const entered = input.read();
    if (!entered) return;
    setBusy(true);
    setError(undefined);
    try {
      const { runId } = await client.start(workflow.name, entered.value, {
        tags: tags
          .split(",")
          .map((tag) => tag.trim())
          .filter(Boolean),
        idempotencyKey: key.trim() || undefined,
      });
      location.hash = runHref(runId);
    } catch (failure) {
      setBusy(false);
      setError(failure);
      if (failure instanceof InvalidInputError) input.refuse(failure);
    }
  };

  return (
    <form
      class="stack-small"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {input.fields}
      <div class="two">
        <Field id="tags" label="Tags" optional hint={TAGS_HINT}>
          <input
            {...saidOf("tags", { hint: TAGS_HINT })}
            value={tags}
            onInput={(event) => setTags(event.currentTarget.value)}
          />
        </Field>
        <Field id="key" label="Idempotency key" optional hint={KEY_HINT}>
          <input
            {...saidOf("key", { hint: KEY_HINT })}
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </Field>
      </div>
      {input.problems.length > 0 && (
        <Problems title="The input is not as it should be." problems={input.problems} />
      )}
      {input.problems.length === 0 && error !== undefined && (
        <ErrorNote title="The run could not be started." error={error} />
      )}
      <footer class="form-foot">
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "Starting …" : "Start the run"}
        </button>
      </footer>
    </form>
  );
}

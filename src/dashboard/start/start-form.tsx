import { useState } from "preact/hooks";
import { InvalidInputError, type WorkflowSummary } from "../../http/client/index.ts";
import { Field, saidOf } from "../field.tsx";
import { ErrorNote, Note } from "../note.tsx";
import { runHref } from "../route.ts";
import { useSession } from "../session.tsx";
import {
  type Draft,
  draftOf,
  type Filled,
  fill,
  type Path,
  type Problem,
  readJson,
} from "./draft.ts";
import { fieldOf } from "./fields.ts";
import { idOf, SchemaForm } from "./schema-form.tsx";

const TAGS_HINT = "Separated by commas.";
const KEY_HINT = "A second start with the same key answers the first run.";

/** The input of a run, by a form where the workflow tells what it takes, or as JSON. */
export function StartForm({ workflow }: { workflow: WorkflowSummary }) {
  const { client } = useSession();
  const field = fieldOf(workflow.inputSchema);
  const hasForm = field.kind !== "json";
  const [asJson, setAsJson] = useState(!hasForm);
  const [draft, setDraft] = useState<Draft>(() => draftOf(field));
  const [json, setJson] = useState("");
  const [tags, setTags] = useState("");
  const [key, setKey] = useState("");
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const filled = (): Filled => (asJson ? jsonValue(json) : fill(field, draft));
  const issueAt = (path: Path) => problems.find((each) => isSamePath(each.path, path))?.message;

  const show = (found: readonly Problem[]) => {
    setProblems(found);
    const [first] = found;
    if (first) document.getElementById(asJson ? "input" : idOf(first.path))?.focus();
  };

  const switchTo = (wanted: boolean) => {
    const current = filled();
    if (wanted) {
      // What is still missing in the form may as well be written as JSON.
      const value = "problems" in current ? current.soFar : current.value;
      setJson(JSON.stringify(value, null, 2) ?? "");
    } else {
      if ("problems" in current) return show(current.problems);
      setDraft(draftOf(field, current.value));
    }
    setProblems([]);
    setAsJson(wanted);
  };

  const submit = async () => {
    const current = filled();
    if ("problems" in current) return show(current.problems);
    setBusy(true);
    setProblems([]);
    setError(undefined);
    try {
      const { runId } = await client.start(workflow.name, current.value, {
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
      if (failure instanceof InvalidInputError) show(problemsOf(failure));
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
      <fieldset class="input-part">
        <legend>Input</legend>
        {hasForm && (
          <button type="button" class="small switch" onClick={() => switchTo(!asJson)}>
            {asJson ? "Edit as a form" : "Edit as JSON"}
          </button>
        )}
        {asJson ? (
          <JsonField
            value={json}
            issue={problems.map(issueText).join(" ") || undefined}
            onChange={setJson}
          />
        ) : (
          <SchemaForm field={field} draft={draft} path={[]} issueAt={issueAt} onChange={setDraft} />
        )}
      </fieldset>
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
      <Failure error={error} problems={problems} />
      <footer class="form-foot">
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "Starting …" : "Start the run"}
        </button>
      </footer>
    </form>
  );
}

function Failure({ error, problems }: { error: unknown; problems: readonly Problem[] }) {
  if (problems.length > 0) {
    return (
      <Note tone="bad" title="The input is not as it should be.">
        <ul>
          {problems.map((problem) => (
            <li key={idOf(problem.path)}>{issueText(problem)}</li>
          ))}
        </ul>
      </Note>
    );
  }
  return error === undefined ? null : (
    <ErrorNote title="The run could not be started." error={error} />
  );
}

interface JsonFieldProps {
  value: string;
  issue: string | undefined;
  onChange(value: string): void;
}

const JSON_HINT = "JSON, or nothing for no input.";

function JsonField({ value, issue, onChange }: JsonFieldProps) {
  return (
    <Field id="input" label="JSON" hint={JSON_HINT} issue={issue}>
      <textarea
        {...saidOf("input", { hint: JSON_HINT, issue })}
        class="mono"
        rows={8}
        spellcheck={false}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

function jsonValue(text: string): Filled {
  if (text.trim() === "") return { value: undefined };
  return readJson(text, (message) => ({ problems: [{ path: [], message }] }));
}

function problemsOf({ issues }: InvalidInputError): Problem[] {
  return issues.map(({ message, path = [] }) => ({
    message,
    path: path.map((part) => (typeof part === "number" ? part : String(part))),
  }));
}

function issueText({ path, message }: Problem): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}

function isSamePath(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

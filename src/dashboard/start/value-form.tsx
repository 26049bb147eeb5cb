import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { InvalidInputError } from "../../http/client/index.ts";
import { Field, saidOf } from "../field.tsx";
import { Note } from "../note.tsx";
import {
  type Draft,
  draftOf,
  type Filled,
  fill,
  type Path,
  type Problem,
  readJson,
} from "./draft.ts";
import { fieldOf, type JsonSchema } from "./fields.ts";
import { idOf, SchemaForm } from "./schema-form.tsx";

/** A value that somebody enters, by a form where a schema tells what it is, or as JSON. */
export interface ValueForm {
  /** The controls. */
  fields: ComponentChildren;
  /** What is wrong with what was entered. */
  problems: readonly Problem[];
  /** What was entered; nothing if something is wrong with it, which is shown then. */
  read(): { value: unknown } | undefined;
  /** Shows what somebody else found wrong with it. */
  refuse(error: InvalidInputError): void;
}

/** @param what the value is called. */
export function useValueForm(schema: JsonSchema | undefined, what: string): ValueForm {
  const field = fieldOf(schema);
  const hasForm = field.kind !== "json";
  const [asJson, setAsJson] = useState(!hasForm);
  const [draft, setDraft] = useState<Draft>(() => draftOf(field));
  const [json, setJson] = useState("");
  const [problems, setProblems] = useState<readonly Problem[]>([]);

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

  const fields = (
    <fieldset class="input-part">
      <legend>{what}</legend>
      {hasForm && (
        <button type="button" class="small switch" onClick={() => switchTo(!asJson)}>
          {asJson ? "Edit as a form" : "Edit as JSON"}
        </button>
      )}
      {asJson ? (
        <JsonField
          hint={`JSON, or nothing for no ${what.toLowerCase()}.`}
          value={json}
          issue={problems.map(issueText).join(" ") || undefined}
          onChange={setJson}
        />
      ) : (
        <SchemaForm field={field} draft={draft} path={[]} issueAt={issueAt} onChange={setDraft} />
      )}
    </fieldset>
  );

  return {
    fields,
    problems,
    read() {
      const current = filled();
      if ("problems" in current) {
        show(current.problems);
        return undefined;
      }
      setProblems([]);
      return current;
    },
    refuse: (error) => show(problemsOf(error)),
  };
}

/** What is wrong with a value, in one place. */
export function Problems({ title, problems }: { title: string; problems: readonly Problem[] }) {
  return (
    <Note tone="bad" title={title}>
      <ul>
        {problems.map((problem) => (
          <li key={idOf(problem.path)}>{issueText(problem)}</li>
        ))}
      </ul>
    </Note>
  );
}

interface JsonFieldProps {
  hint: string;
  value: string;
  issue: string | undefined;
  onChange(value: string): void;
}

function JsonField({ hint, value, issue, onChange }: JsonFieldProps) {
  return (
    <Field id="input" label="JSON" hint={hint} issue={issue}>
      <textarea
        {...saidOf("input", { hint, issue })}
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

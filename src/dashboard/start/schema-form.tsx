/** Controls for what a JSON Schema asks for. */
import { Field as Labelled, Remarks, saidOf } from "../field.tsx";
import { Icon } from "../icon.tsx";
import { type Draft, draftOf, type Path } from "./draft.ts";
import type { Field } from "./fields.ts";

export interface FormProps {
  field: Field;
  draft: Draft;
  path: Path;
  /** What is wrong with the value at a path. */
  issueAt(path: Path): string | undefined;
  onChange(draft: Draft): void;
}

export function SchemaForm(props: FormProps) {
  switch (props.field.kind) {
    case "boolean":
      return <Tick {...props} />;
    case "group":
      return <Group {...props} />;
    case "list":
      return <List {...props} />;
    default:
      return <Control {...props} />;
  }
}

export function idOf(path: Path): string {
  return ["input", ...path].join("-");
}

function Control(props: FormProps) {
  const { field, path, issueAt } = props;
  const { label, hint, optional } = field;
  const id = idOf(path);
  const issue = issueAt(path);
  return (
    <Labelled id={id} label={label} optional={optional} hint={hint} issue={issue}>
      <Entry {...props} said={saidOf(id, { hint, issue })} />
    </Labelled>
  );
}

function Entry({ field, draft, said, onChange }: FormProps & { said: ReturnType<typeof saidOf> }) {
  const onInput = (event: { currentTarget: { value: string } }) =>
    onChange(event.currentTarget.value);
  const value = typeof draft === "string" ? draft : "";
  const common = { ...said, value, onInput };
  switch (field.kind) {
    case "choice":
      return (
        <select {...common}>
          <option value="">{field.optional ? "None" : "Choose …"}</option>
          {field.options.map((option, index) => (
            <option key={String(option)} value={String(index)}>
              {typeof option === "string" ? option : JSON.stringify(option)}
            </option>
          ))}
        </select>
      );
    case "json":
      return <textarea {...common} class="mono" rows={4} spellcheck={false} placeholder="JSON" />;
    case "day":
      return <input {...common} type="date" />;
    case "number":
      return (
        <input
          {...common}
          inputMode={field.whole ? "numeric" : "decimal"}
          placeholder={rangeText(field.least, field.most)}
        />
      );
    case "text":
      if (field.long) return <textarea {...common} rows={3} />;
      return <input {...common} inputMode={field.keyboard} />;
    default:
      return null;
  }
}

function rangeText(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined) return `at least ${least}`;
  return most === undefined ? "" : `at most ${most}`;
}

function Tick({ field: { label, hint }, draft, path, issueAt, onChange }: FormProps) {
  const id = idOf(path);
  const issue = issueAt(path);
  return (
    <div class="field check">
      <input
        {...saidOf(id, { hint, issue })}
        type="checkbox"
        checked={draft === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <Remarks id={id} hint={hint} issue={issue} />
    </div>
  );
}

function Group({ field, draft, path, issueAt, onChange }: FormProps) {
  if (field.kind !== "group") return null;
  const drafts = typeof draft === "object" && !Array.isArray(draft) ? draft : {};
  const parts = field.fields.map(({ name, field: inner }) => (
    <SchemaForm
      key={name}
      field={inner}
      draft={Reflect.get(drafts, name) ?? draftOf(inner)}
      path={[...path, name]}
      issueAt={issueAt}
      onChange={(changed) => onChange({ ...drafts, [name]: changed })}
    />
  ));
  if (path.length === 0) {
    if (parts.length === 0) return <p class="muted">An empty object is all that is taken.</p>;
    return <div class="stack-small">{parts}</div>;
  }
  return (
    <fieldset>
      <Legend field={field} issue={issueAt(path)} />
      {parts}
    </fieldset>
  );
}

function List({ field, draft, path, issueAt, onChange }: FormProps) {
  if (field.kind !== "list") return null;
  const items: readonly Draft[] = Array.isArray(draft) ? draft : [];
  const { item } = field;
  return (
    <fieldset>
      <Legend field={field} issue={issueAt(path)} />
      {items.map((each, index) => (
        // Items have nothing but their place to be told apart by.
        <div key={index} class="list-item">
          <SchemaForm
            field={{ ...item, label: `${item.label} ${index + 1}` }}
            draft={each}
            path={[...path, index]}
            issueAt={issueAt}
            onChange={(changed) => onChange(items.with(index, changed))}
          />
          <button
            type="button"
            class="quiet square"
            aria-label={`Remove item ${index + 1} of ${field.label}`}
            onClick={() => onChange(items.toSpliced(index, 1))}
          >
            <Icon name="cross" />
          </button>
        </div>
      ))}
      <button type="button" class="small" onClick={() => onChange([...items, draftOf(item)])}>
        Add an item
        <span class="unseen"> to {field.label}</span>
      </button>
    </fieldset>
  );
}

function Legend({ field, issue }: { field: Field; issue: string | undefined }) {
  const { label, optional, hint } = field;
  return (
    <>
      <legend>
        {label}
        {optional && <span class="optional"> optional</span>}
      </legend>
      <Remarks hint={hint} issue={issue} />
    </>
  );
}

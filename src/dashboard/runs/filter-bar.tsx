import { useEffect, useState } from "preact/hooks";
import { RUN_STATUSES } from "../../http/client/index.ts";
import { Field } from "../field.tsx";
import { runsHref } from "../route.ts";
import { useSession } from "../session.tsx";
import { zoneText } from "../time-text.ts";
import { type FilterChange, type Filters, SPANS } from "./filters.ts";

interface FilterBarProps {
  filters: Filters;
  onChange(change: FilterChange): void;
  /** Somebody wants the run that has this id, or this text. */
  onFind(text: string): void;
}

export function FilterBar({ filters, onChange: change, onFind }: FilterBarProps) {
  const workflows = useWorkflowNames();
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <form class="filters" aria-label="Filter the runs" onSubmit={(event) => event.preventDefault()}>
      <Field id="filter-text" label="Search">
        <input
          id="filter-text"
          type="search"
          placeholder="Id, workflow or tag"
          value={filters.text ?? ""}
          onInput={(event) => change({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            // A form of several fields and no button is not submitted by a key.
            const text = event.currentTarget.value.trim();
            if (event.key === "Enter" && text !== "") onFind(text);
          }}
        />
      </Field>
      <Choice
        id="filter-status"
        label="Status"
        any="Any status"
        options={RUN_STATUSES.map((each) => [each, each])}
        value={filters.status}
        onChoose={(status) => change({ status: RUN_STATUSES.find((each) => each === status) })}
      />
      <Choice
        id="filter-workflow"
        label="Workflow"
        any="Any workflow"
        options={withOwn(workflows, filters.workflow).map((each) => [each, each])}
        value={filters.workflow}
        onChoose={(workflow) => change({ workflow })}
      />
      <Typed id="filter-tag" label="Tag" value={filters.tag} onType={(tag) => change({ tag })} />
      <TimeFilter filters={filters} change={change} />
      {isFiltered && (
        <a class="button quiet clear" href={runsHref()}>
          Clear
        </a>
      )}
    </form>
  );
}

const BETWEEN = "between";

function TimeFilter({ filters, change }: { filters: Filters; change(more: FilterChange): void }) {
  const { since, from, to } = filters;
  const [between, setBetween] = useState(from !== undefined || to !== undefined);
  const zone = zoneText(new Date());
  return (
    <>
      <Choice
        id="filter-since"
        label="Created"
        any="At any time"
        options={[
          ...Object.entries(SPANS).map(([span, { label }]): [string, string] => [span, label]),
          [BETWEEN, "Between …"],
        ]}
        value={between ? BETWEEN : since}
        onChoose={(span) => {
          setBetween(span === BETWEEN);
          change({ since: span === BETWEEN ? undefined : span, from: undefined, to: undefined });
        }}
      />
      {between && (
        <>
          <Typed
            id="filter-from"
            label={`After (${zone})`}
            time
            value={from}
            onType={(time) => change({ from: time })}
          />
          <Typed
            id="filter-to"
            label={`Before (${zone})`}
            time
            value={to}
            onType={(time) => change({ to: time })}
          />
        </>
      )}
    </>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  /** What it says when nothing is chosen. */
  any: string;
  options: readonly (readonly [value: string, label: string])[];
  value: string | undefined;
  onChoose(value: string | undefined): void;
}

function Choice({ id, label, any, options, value, onChoose }: ChoiceProps) {
  return (
    <Field id={id} label={label}>
      <select
        id={id}
        value={value ?? ""}
        onChange={(event) => onChoose(event.currentTarget.value || undefined)}
      >
        <option value="">{any}</option>
        {options.map(([each, shown]) => (
          <option key={each} value={each}>
            {shown}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface TypedProps {
  id: string;
  label: string;
  time?: boolean;
  value: string | undefined;
  onType(value: string): void;
}

/** Taken over once it is left or entered, so that no list is asked for half a word. */
function Typed({ id, label, time = false, value, onType }: TypedProps) {
  return (
    <Field id={id} label={label}>
      <input
        {...(time ? { type: "datetime-local" as const } : { type: "text" as const })}
        id={id}
        value={value ?? ""}
        onChange={(event) => onType(event.currentTarget.value.trim())}
      />
    </Field>
  );
}

/** Each name once. Without them, a filter can still be given in the address. */
function useWorkflowNames(): string[] {
  const { client } = useSession();
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    const left = new AbortController();
    client.listWorkflows({ signal: left.signal }).then(
      (workflows) => setNames([...new Set(workflows.map(({ name }) => name))].sort()),
      () => {},
    );
    return () => left.abort();
  }, [client]);
  return names;
}

function withOwn(names: readonly string[], own: string | undefined): string[] {
  return own === undefined || names.includes(own) ? [...names] : [...names, own];
}

import { useEffect, useState } from "preact/hooks";
import { compareVersions, type WorkflowSummary } from "../../http/client/index.ts";
import { Field } from "../field.tsx";
import { Heading } from "../heading.tsx";
import { ErrorNote, Note } from "../note.tsx";
import { startHref } from "../route.ts";
import { isRefused, useSession } from "../session.tsx";
import { StartForm } from "./start-form.tsx";

/** Chooses a workflow, and starts a run of it. */
export function StartPage({ workflow }: { workflow: string | undefined }) {
  const { workflows, error } = useWorkflows();
  const [only] = workflows?.length === 1 ? workflows : [];
  const name = workflow ?? only?.name;
  const chosen = workflows?.find((each) => each.name === name);
  return (
    <div class="narrow">
      <header class="page-head">
        <Heading title="Start a run" />
      </header>
      {error !== undefined && (
        <ErrorNote title="The workflows could not be loaded." error={error} />
      )}
      {workflows?.length === 0 && (
        <Note tone="plain" title="No workflow is registered in this app.">
          Pass workflows to createEngine.
        </Note>
      )}
      {workflows && workflows.length > 0 && (
        <section class="card card-body stack-small" aria-label="What to start">
          <Field id="workflow" label="Workflow">
            <select
              id="workflow"
              value={chosen?.name ?? ""}
              onChange={(event) =>
                location.replace(startHref(event.currentTarget.value || undefined))
              }
            >
              <option value="">Choose …</option>
              {workflows.map((each) => (
                <option key={each.name} value={each.name}>
                  {each.name} (version {each.version})
                </option>
              ))}
            </select>
          </Field>
          {name !== undefined && !chosen && (
            <Note tone="caution" title={`There is no workflow “${name}” in this app.`} />
          )}
          {chosen && <StartForm key={chosen.name} workflow={chosen} />}
        </section>
      )}
    </div>
  );
}

/** The newest version of each. */
function useWorkflows(): { workflows: WorkflowSummary[] | undefined; error: unknown } {
  const session = useSession();
  const [workflows, setWorkflows] = useState<WorkflowSummary[]>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const left = new AbortController();
    session.client.listWorkflows({ signal: left.signal }).then(
      (all) => setWorkflows(newestOf(all)),
      (failure: unknown) => {
        if (left.signal.aborted) return;
        if (isRefused(failure)) session.leave("Your token is no longer accepted. Sign in again.");
        else setError(failure);
      },
    );
    return () => left.abort();
  }, [session]);
  return { workflows, error };
}

/** As the app does it when it is given a name alone. */
function newestOf(workflows: readonly WorkflowSummary[]): WorkflowSummary[] {
  const newest = new Map<string, WorkflowSummary>();
  for (const each of workflows) {
    const known = newest.get(each.name);
    if (!known || compareVersions(each.version, known.version) > 0) newest.set(each.name, each);
  }
  return [...newest.values()].sort((a, b) => a.name.localeCompare(b.name));
}

import { useEffect, useState } from "preact/hooks";
import type { RunEvent } from "../../http/client/index.ts";
import { Icon } from "../icon.tsx";
import { ErrorNote } from "../note.tsx";
import { useSession } from "../session.tsx";
import { readLog } from "./use-run.ts";

interface GenerationBarProps {
  /** In which the run is. */
  last: number;
  /** The one that is looked at. */
  shown: number;
  onShow(generation: number): void;
}

/** Which of a run's logs is looked at, and the way to those beside it. */
export function GenerationBar({ last, shown, onShow }: GenerationBarProps) {
  const to = (generation: number, label: string, disabled: boolean) => (
    <button type="button" class="small" disabled={disabled} onClick={() => onShow(generation)}>
      {label}
    </button>
  );
  return (
    <nav class="card card-body row" aria-label="Generations">
      <Icon name="turn" />
      <span role="status">
        Generation {shown} of {last}
        {shown < last && <span class="muted">, which is over</span>}
      </span>
      {to(1, "First", shown === 1)}
      {to(shown - 1, "Earlier", shown === 1)}
      {to(shown + 1, "Later", shown === last)}
      {to(last, "Latest", shown === last)}
    </nav>
  );
}

/** The log of a generation that is over; nothing as long as it loads, or where none is asked for. */
export function usePastLog(
  runId: string,
  generation: number | undefined,
): { events?: readonly RunEvent[]; error?: unknown } {
  const { client } = useSession();
  const [found, setFound] = useState<{ events?: readonly RunEvent[]; error?: unknown }>({});
  useEffect(() => {
    setFound({});
    if (generation === undefined) return;
    const leaving = new AbortController();
    readLog(client, runId, { generation, signal: leaving.signal }).then(
      ({ events }) => setFound({ events }),
      (error) => leaving.signal.aborted || setFound({ error }),
    );
    return () => leaving.abort();
  }, [runId, generation]);
  return found;
}

export function PastLogError({ error }: { error: unknown }) {
  return <ErrorNote title="The log of this generation cannot be read." error={error} />;
}

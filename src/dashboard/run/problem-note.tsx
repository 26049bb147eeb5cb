import { useState } from "preact/hooks";
import { isEnded, type Run } from "../../http/client/index.ts";
import { Icon } from "../icon.tsx";
import { Moment } from "../moment.tsx";
import { ErrorNote, Note } from "../note.tsx";
import { useSession } from "../session.tsx";

interface ProblemNoteProps {
  run: Run;
  /** The run may have changed, and should be looked at. */
  onChange(): void;
}

/** Why a run cannot go on, and the means to have it tried once the cause is mended. */
export function ProblemNote({ run: { runId, problem, status }, onChange }: ProblemNoteProps) {
  const { client } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  if (!problem || isEnded(status)) return null;
  const { code, message, tries, at } = problem;

  const wake = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await client.wake(runId);
      onChange();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };

  return (
    <>
      <Note tone="bad" title="This run cannot go on at the moment.">
        <p>
          {message} <span class="code-tag">{code}</span>
        </p>
        <p>
          {tries > 0 ? `Tried ${tries === 1 ? "once" : `${tries} times`}, the` : "Woken; tried the"}{" "}
          last time <Moment time={at} />. It goes on by itself once the cause is mended, after
          pauses of up to an hour.
        </p>
        <p>
          <button type="button" disabled={busy} onClick={() => void wake()}>
            <Icon name="play" />
            Try again now
          </button>
        </p>
      </Note>
      {error !== undefined && <ErrorNote title="It could not be woken." error={error} />}
    </>
  );
}

import { useState } from "preact/hooks";
import type { Run } from "../../http/client/index.ts";
import { Icon } from "../icon.tsx";
import { Moment } from "../moment.tsx";
import { ErrorNote, Note } from "../note.tsx";
import { keptName, useSession } from "../session.tsx";

interface PauseNoteProps {
  run: Run;
  /** The run may have changed, and should be looked at. */
  onChange(): void;
}

/** Who holds the run back, since when and why, and the means to let it go on. */
export function PauseNote({ run: { runId, pause }, onChange }: PauseNoteProps) {
  const { client } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  if (!pause) return null;
  const { reason, requestedBy, at } = pause;

  const resume = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await client.resume(runId, { requestedBy: keptName().trim() || undefined });
      onChange();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };

  return (
    <>
      <Note tone="caution" title="This run is paused.">
        {reason !== undefined && <blockquote>{reason}</blockquote>}
        <p>
          By {requestedBy ?? "somebody who gave no name"}, <Moment time={at} />. What executes is
          let finish; nothing new starts.
        </p>
        <p>
          <button type="button" disabled={busy} onClick={() => void resume()}>
            <Icon name="play" />
            {busy ? "Resuming …" : "Resume"}
          </button>
        </p>
      </Note>
      {error !== undefined && <ErrorNote title="It could not be resumed." error={error} />}
    </>
  );
}

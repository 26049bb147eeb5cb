import { Icon } from "./icon.tsx";
import { ErrorNote } from "./note.tsx";
import { useNow } from "./use-now.ts";
import type { Polling } from "./use-poll.ts";

/** Whether what is shown keeps itself up to date, and the button that stops that. */
export function LiveSwitch({ polling }: { polling: Polling }) {
  const { paused, setPaused } = polling;
  return (
    <button
      type="button"
      class={paused ? "live small" : "live small is-on"}
      aria-pressed={!paused}
      onClick={() => setPaused(!paused)}
    >
      <Icon name={paused ? "play" : "pause"} />
      Live updates
      <span class="live-state">{paused ? "off" : "on"}</span>
    </button>
  );
}

/** Says that the app could not be reached, and when that will be tried again. */
export function PollError({ polling, what }: { polling: Polling; what: string }) {
  const { error, retryAt, loading, refresh, paused } = polling;
  const now = useNow(retryAt !== undefined);
  if (error === undefined) return null;
  const seconds = Math.max(0, Math.ceil(((retryAt ?? now) - now) / 1000));
  const when = loading ? "Trying again …" : `Trying again in ${seconds} s.`;
  return (
    <div class="poll-error">
      <ErrorNote title={`${what} could not be loaded.`} error={error} />
      <p class="row">
        {!paused && <span>{when}</span>}
        <button type="button" class="small" onClick={refresh} disabled={loading}>
          Try now
        </button>
      </p>
    </div>
  );
}

import type { RunStatus } from "../http/client/index.ts";
import { Icon, type IconName } from "./icon.tsx";

const ICONS: { readonly [Status in RunStatus]: IconName } = {
  pending: "circle",
  running: "play",
  suspended: "moon",
  paused: "pause",
  cancelling: "turn",
  completed: "check",
  failed: "cross",
  cancelled: "slash",
  terminated: "stop",
};

/** A run's status: a sign, a colour and the word. */
export function StatusBadge({ status }: { status: RunStatus }) {
  return (
    <span class={`badge is-${status}`}>
      <Icon name={ICONS[status]} />
      {status}
    </span>
  );
}

import { Icon, type IconName } from "../icon.tsx";
import { durationText } from "../time-text.ts";
import type { Mark } from "./layout.ts";
import { percent, type Scale } from "./scale.ts";
import { markDetail, markTitle } from "./words.ts";

const SIGNS: { readonly [Kind in Mark["kind"]]: IconName } = {
  paused: "pause",
  resumed: "play",
  requested: "flag",
  delivered: "forward",
  ended: "stop",
};

/** A moment of the whole run, between the steps that it came between. */
export function MarkRow({ mark, scale, from }: { mark: Mark; scale: Scale; from: number }) {
  const elapsed = durationText(mark.at - from);
  return (
    <li class={`mark is-${mark.kind}`}>
      <p class="mark-head">
        <Icon name={SIGNS[mark.kind]} />
        <span>
          <strong>{markTitle(mark)}</strong> {markDetail(mark)}
        </span>
      </p>
      <div class="track" aria-hidden="true">
        <span class="gem" style={{ left: percent(scale.place(mark.at)) }} />
      </div>
      <span class="lane-length">
        <span class="unseen">at </span>+{elapsed}
      </span>
    </li>
  );
}

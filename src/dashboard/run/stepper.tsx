import { Icon, type IconName } from "../icon.tsx";
import { Moment } from "../moment.tsx";
import type { Stage } from "./stages.ts";

const SIGNS: { readonly [State in Stage["state"]]: { icon: IconName; word: string } } = {
  done: { icon: "check", word: "done" },
  active: { icon: "turn", word: "under way" },
  waiting: { icon: "circle", word: "to come" },
  missed: { icon: "slash", word: "did not happen" },
};

/** The stages of a cancellation, one after the other. */
export function Stepper({ stages }: { stages: readonly Stage[] }) {
  return (
    <ol class="stepper">
      {stages.map(({ name, state, at, text }) => (
        <li
          key={name}
          class={`stage is-${state}`}
          aria-current={state === "active" ? "step" : undefined}
        >
          <span class="stage-sign">
            <Icon name={SIGNS[state].icon} />
          </span>
          <div>
            <strong>{name}</strong>
            <span class="unseen"> ({SIGNS[state].word})</span>
            <p>{text}</p>
            {at && (
              <p class="muted small-text">
                <Moment time={at} />
              </p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

import { useId, useState } from "preact/hooks";
import { Icon } from "../icon.tsx";
import { durationText } from "../time-text.ts";
import { ValueText } from "../value-card.tsx";
import { valueText } from "../value-text.ts";
import type { Inbox } from "./layout.ts";
import { percent, type Scale } from "./scale.ts";
import { inboxText, messageText } from "./words.ts";

/** More than these are told of in the events alone. */
const MOST_SHOWN = 50;

/** What came on a channel, and when. */
export function InboxRow({ inbox, scale, from }: { inbox: Inbox; scale: Scale; from: number }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const { channel, messages } = inbox;
  const shown = messages.slice(-MOST_SHOWN);
  return (
    <li class="lane is-channel">
      <button
        type="button"
        class="lane-head"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <span class="fold" aria-hidden="true" />
        <Icon name="inbox" />
        <span class="lane-name" aria-hidden="true">
          {channel}
        </span>
        <span class="unseen">{inboxText(inbox)}</span>
      </button>
      <div class="track" aria-hidden="true">
        {shown.map((each) => (
          <span
            key={each.seq}
            class="dot"
            title={messageText(each)}
            style={{ left: percent(scale.place(each.at.getTime())) }}
          />
        ))}
      </div>
      <span class="lane-length" aria-hidden="true">
        {messages.length}
      </span>
      <div id={id} class="lane-details" hidden={!open}>
        {open && (
          <ol class="attempts">
            {shown.map((each) => (
              <li key={each.seq}>
                <p>
                  <span class="mono muted">+{durationText(each.at.getTime() - from)}</span>{" "}
                  {messageText(each)}
                </p>
                <div class="attempt-value">
                  <ValueText label="Message" text={valueText(each.payload)} />
                </div>
              </li>
            ))}
          </ol>
        )}
      </div>
    </li>
  );
}

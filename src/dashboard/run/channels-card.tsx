import { useEffect, useId, useState } from "preact/hooks";
import type { Run, RunEvent, WorkflowSummary } from "../../http/client/index.ts";
import { Field } from "../field.tsx";
import { Icon } from "../icon.tsx";
import { ErrorNote } from "../note.tsx";
import { keepName, keptName, useSession } from "../session.tsx";
import { PayloadDialog } from "./payload-dialog.tsx";

type Channel = WorkflowSummary["channels"][number];

interface ChannelsCardProps {
  run: Run;
  events: readonly RunEvent[];
  /** The run has changed, and should be looked at. */
  onChange(): void;
}

/** What the run can be sent, and how many messages wait for its code. */
export function ChannelsCard({ run, events, onChange }: ChannelsCardProps) {
  const { client } = useSession();
  const [channels, setChannels] = useState<readonly Channel[]>([]);
  const [sending, setSending] = useState<Channel>();
  const [error, setError] = useState<unknown>();
  const { runId, workflow, version } = run;
  useEffect(() => {
    const leaving = new AbortController();
    client.listWorkflows(leaving).then(
      (known) => {
        const own = known.find((each) => each.name === workflow && each.version === version);
        setChannels(own?.channels ?? []);
      },
      (failure) => leaving.signal.aborted || setError(failure),
    );
    return () => leaving.abort();
  }, [workflow, version]);
  if (error !== undefined) return <ErrorNote title="Its channels cannot be read." error={error} />;
  if (channels.length === 0) return null;
  return (
    <section class="card card-body hooks" aria-labelledby="channels">
      <h2 id="channels">Takes messages</h2>
      <ul class="stack-small">
        {channels.map((channel) => (
          <li key={channel.name} class="row">
            <Icon name="inbox" />
            <span class="mono">{channel.name}</span>
            <span class="muted">{unreceivedText(events, channel.name)}</span>
            <button type="button" class="small" onClick={() => setSending(channel)}>
              Send …<span class="unseen"> to channel {channel.name}</span>
            </button>
          </li>
        ))}
      </ul>
      {sending && (
        <SendDialog
          runId={runId}
          channel={sending}
          onClose={() => setSending(undefined)}
          onChange={onChange}
        />
      )}
    </section>
  );
}

interface SendDialogProps {
  runId: string;
  channel: Channel;
  onClose(): void;
  onChange(): void;
}

function SendDialog({ runId, channel, onClose, onChange }: SendDialogProps) {
  const { client } = useSession();
  const id = useId();
  const [name, setName] = useState(keptName);
  return (
    <PayloadDialog
      title={`Send to channel ${channel.name}`}
      about="The run keeps the message until its code receives it."
      schema={channel.schema}
      action="Send the message"
      send={(payload) => {
        const sentBy = name.trim() || undefined;
        keepName(name.trim());
        return client.send(runId, channel.name, payload, { sentBy });
      }}
      onClose={onClose}
      onChange={onChange}
    >
      <Field id={id} label="Your name" optional>
        <input id={id} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </Field>
    </PayloadDialog>
  );
}

function unreceivedText(events: readonly RunEvent[], channel: string): string {
  let unreceived = 0;
  for (const event of events) {
    if (event.type === "message.received" && event.channel === channel) unreceived += 1;
    if (event.type === "receive.completed" && event.channel === channel) unreceived -= 1;
  }
  if (unreceived === 0) return "";
  return unreceived === 1 ? "1 message not received" : `${unreceived} messages not received`;
}

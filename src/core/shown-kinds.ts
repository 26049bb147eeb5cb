/** How each kind of command is told to people: one table for whoever shows runs. */
import type { CommandEvent, EventOfKind, Kind } from "./commands/index.ts";
import { fieldsOf } from "./event-fields.ts";
import type { RunEvent, RunEventOf } from "./shown-event.ts";

/** Something that a run waits for. */
export interface Waiting {
  /** `start` is the time that a run was given to begin at; `resume` is what a paused one waits for. */
  kind: "start" | "resume" | "retry" | Kind;
  /** Of the step. */
  step?: string;
  /** Of the hook. */
  hook?: string;
  /** Of the channel. */
  channel?: string;
  /** The run of the child, and its workflow. */
  child?: string;
  workflow?: string;
  attempt?: number;
  /** Since when it waits for just this. */
  since: Date;
  /** When it goes on by itself, if that is known. */
  until?: Date;
  shielded: boolean;
}

/** What is told of a kind. */
export interface ShownKind<K extends Kind> {
  /** The field of its events that names it, if it has names. */
  readonly namedBy: Extract<keyof EventOfKind[K], string> | undefined;
  /** What its run waits for after each of its events; nothing once it is over. */
  readonly waits: {
    readonly [Type in EventOfKind[K]["type"]]: (
      event: RunEventOf<Type>,
      before: Waiting | undefined,
    ) => Waiting | undefined;
  };
}

const over = (): undefined => undefined;

export const SHOWN_KINDS: { readonly [K in Kind]: ShownKind<K> } = {
  step: {
    namedBy: "step",
    waits: {
      "step.scheduled": (event) => waitingStep("step", event),
      "step.started": (event) => waitingStep("step", event),
      "step.renewed": (_, before) => before,
      "step.retrying": (event) => ({ ...waitingStep("retry", event), until: event.retryAt }),
      "step.completed": over,
      "step.failed": over,
      "step.cancelled": over,
      "step.abandoned": over,
    },
  },
  sleep: {
    namedBy: undefined,
    waits: {
      "sleep.started": ({ at, until, shielded }) => ({ kind: "sleep", since: at, until, shielded }),
      "sleep.completed": over,
      "sleep.cancelled": over,
    },
  },
  hook: {
    namedBy: "hook",
    waits: {
      "hook.created": ({ at, hook, expiresAt, shielded }) => ({
        kind: "hook",
        hook,
        since: at,
        ...(expiresAt && { until: expiresAt }),
        shielded,
      }),
      "hook.received": over,
      "hook.expired": over,
      "hook.cancelled": over,
    },
  },
  receive: {
    namedBy: "channel",
    waits: {
      "receive.started": ({ at, channel, expiresAt, shielded }) => ({
        kind: "receive",
        channel,
        since: at,
        ...(expiresAt && { until: expiresAt }),
        shielded,
      }),
      "receive.completed": over,
      "receive.expired": over,
      "receive.cancelled": over,
    },
  },
  child: {
    namedBy: "workflow",
    waits: {
      "child.started": ({ at, child, workflow, shielded }) => ({
        kind: "child",
        child,
        workflow,
        since: at,
        shielded,
      }),
      "child.refused": over,
      "child.completed": over,
      "child.failed": over,
      "child.cancelled": over,
      "child.abandoned": over,
      "child.carried": over,
      "child.inherited": ({ at, child, workflow, shielded }) => ({
        kind: "child",
        child,
        workflow,
        since: at,
        shielded,
      }),
    },
  },
  cancel: {
    namedBy: "workflow",
    waits: { "child.cancelRequested": over, "child.cancelAbandoned": over },
  },
  generation: {
    namedBy: undefined,
    waits: { "generation.refused": over, "generation.cancelled": over },
  },
};

function waitingStep(
  kind: "step" | "retry",
  { at, step, attempt, shielded }: RunEventOf<"step.scheduled" | "step.started" | "step.retrying">,
): Waiting {
  return { kind, step, attempt, since: at, shielded };
}

/** What is told of something that a run waits for. */
interface ShownWait {
  /** In a sentence, such as `step "charge", attempt 2`. */
  text(waiting: Waiting): string;
  /** Somebody executes it, so a cancellation is delivered only once it is over. */
  readonly executes: boolean;
  /** There is something to be done, now or later: not just a time that passes, or an answer that comes. */
  readonly isWork: boolean;
}

const WAITS: Readonly<Record<Waiting["kind"], ShownWait>> = {
  start: { text: () => "its start", executes: false, isWork: true },
  resume: { text: () => "its resume, as it is paused", executes: false, isWork: false },
  step: {
    text: ({ step, attempt }) => `step "${step}", attempt ${attempt}`,
    executes: true,
    isWork: true,
  },
  retry: {
    text: ({ step, attempt }) => `a retry of step "${step}", after attempt ${attempt}`,
    executes: false,
    isWork: true,
  },
  sleep: { text: () => "a sleep", executes: false, isWork: false },
  hook: { text: ({ hook }) => `hook "${hook}"`, executes: false, isWork: false },
  receive: {
    text: ({ channel }) => `message on "${channel}"`,
    executes: false,
    isWork: false,
  },
  child: { text: ({ child }) => `child ${child}`, executes: false, isWork: false },
  cancel: { text: () => "the cancel of a child", executes: false, isWork: true },
  generation: { text: () => "its next generation", executes: false, isWork: true },
};

/** In words, in a sentence: `step "charge", attempt 2`. */
export function waitingText(waiting: Waiting): string {
  return WAITS[waiting.kind].text(waiting);
}

export function isExecuting({ kind }: Waiting): boolean {
  return WAITS[kind].executes;
}

/** Whether there is something to be done, not just a time that passes or an answer that comes. */
export function isWork({ kind }: Waiting): boolean {
  return WAITS[kind].isWork;
}

type Told = (event: RunEvent, before: Waiting | undefined) => Waiting | undefined;

const BY_EVENT: ReadonlyMap<string, { kind: Kind; waits: Told }> = new Map(
  (Object.keys(SHOWN_KINDS) as Kind[]).flatMap((kind) =>
    Object.entries<unknown>(SHOWN_KINDS[kind].waits).map(
      ([type, waits]) => [type, { kind, waits: waits as Told }] as const,
    ),
  ),
);

/** An event of a command, whichever kind that is of. */
export type CommandRunEvent = RunEventOf<CommandEvent["type"]>;

export function isOfCommand(event: RunEvent): event is CommandRunEvent {
  return BY_EVENT.has(event.type);
}

/** The kind of command that an event is of. */
export function kindIn(event: CommandRunEvent): Kind {
  return lookUp(event).kind;
}

/** The name of the command that an event is of, if its kind has names; of a message, its channel's. */
export function nameIn(event: RunEvent): string | undefined {
  if (event.type === "message.received") return event.channel;
  const kind = BY_EVENT.get(event.type)?.kind;
  const namedBy = kind && SHOWN_KINDS[kind].namedBy;
  const name = namedBy && fieldsOf(event)[namedBy];
  return typeof name === "string" ? name : undefined;
}

/** What its run waits for after an event of a command. */
export function waitAfter(
  event: CommandRunEvent,
  before: Waiting | undefined,
): Waiting | undefined {
  return lookUp(event).waits(event, before);
}

function lookUp({ type }: CommandRunEvent): { kind: Kind; waits: Told } {
  const found = BY_EVENT.get(type);
  if (!found) throw new Error(`no kind of command has the event ${type}`);
  return found;
}

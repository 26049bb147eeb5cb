/** How each kind of command is drawn, and each of the bars that stand for it. */
import type { RunEventOf } from "../../http/client/index.ts";
import type { CommandRunEvent, EventOfKind, Kind } from "../../http/client/kinds.ts";
import type { IconName } from "../icon.tsx";
import { close, type Lane, lastOutcome, type Outcome, open, type Segment } from "./lane.ts";

export interface DrawnKind<K extends Kind> {
  /** Its sign; without one, it has the sign of how it stands. */
  readonly icon: IconName | undefined;
  /** What stands before the words of its bars. */
  title(lane: Lane): string;
  /** What each of its events does to its lane. */
  readonly draws: {
    readonly [Type in EventOfKind[K]["type"]]: (
      lane: Lane,
      event: RunEventOf<Type>,
      at: number,
    ) => void;
  };
}

export const DRAWN_KINDS: { readonly [K in Kind]: DrawnKind<K> } = {
  step: {
    icon: undefined,
    title: ({ cleanup, shielded, name }) =>
      `${cleanup ? "clean-up " : shielded ? "shielded " : ""}step ${name}: `,
    draws: {
      "step.scheduled"(lane, _, at) {
        close(lane, at, "lost");
        open(lane, "queued", at);
      },
      "step.started"(lane, { attempt }, at) {
        close(lane, at, "lost");
        open(lane, "attempt", at, { attempt });
      },
      "step.renewed"() {},
      "step.retrying"(lane, event, at) {
        close(lane, at, "failed", failureOf(event));
        open(lane, "backoff", at, { until: event.retryAt.getTime() });
      },
      "step.completed": (lane, event) => finish(lane, event, "completed", { result: event.result }),
      "step.failed": (lane, event) => finish(lane, event, "failed", failureOf(event)),
      "step.cancelled": (lane, event) => finish(lane, event, "cancelled", failureOf(event)),
      "step.abandoned"(lane, event, at) {
        if (event.attempt === 0) open(lane, "attempt", at);
        finish(lane, event, event.attempt === 0 ? "unbegun" : "abandoned", {});
      },
    },
  },
  sleep: {
    icon: "moon",
    // What its bars say names it as well, if it was a sleep at all.
    title: (lane) => (lastOutcome(lane) === "unbegun" ? "sleep: " : ""),
    draws: {
      "sleep.started": (lane, { until }, at) => open(lane, "sleep", at, { until: until.getTime() }),
      "sleep.completed": (lane, _, at) => close(lane, at, "completed"),
      "sleep.cancelled"(lane, { begun }, at) {
        if (begun === false) open(lane, "sleep", at);
        close(lane, at, begun === false ? "unbegun" : "cancelled");
      },
    },
  },
  hook: {
    icon: "mail",
    title: ({ shielded, name }) => `${shielded ? "shielded " : ""}hook ${name}: `,
    draws: {
      "hook.created": (lane, { expiresAt }, at) =>
        open(lane, "hook", at, { until: expiresAt?.getTime() }),
      "hook.received": (lane, { payload }, at) => close(lane, at, "completed", { result: payload }),
      "hook.expired": (lane, _, at) => close(lane, at, "failed"),
      "hook.cancelled"(lane, { begun }, at) {
        if (begun === false) open(lane, "hook", at);
        close(lane, at, begun === false ? "unbegun" : "cancelled");
      },
    },
  },
  receive: {
    icon: "inbox",
    title: ({ shielded, name }) => `${shielded ? "shielded " : ""}receive on channel ${name}: `,
    draws: {
      "receive.started": (lane, { expiresAt }, at) =>
        open(lane, "receive", at, { until: expiresAt?.getTime() }),
      "receive.completed"(lane, _, at) {
        if (lane.segments.length === 0) open(lane, "receive", at);
        close(lane, at, "completed");
      },
      "receive.expired": (lane, _, at) => close(lane, at, "failed"),
      "receive.cancelled"(lane, { begun }, at) {
        if (begun === false) open(lane, "receive", at);
        close(lane, at, begun === false ? "unbegun" : "cancelled");
      },
    },
  },
  child: {
    icon: "branch",
    title: ({ shielded, name }) => `${shielded ? "shielded " : ""}child ${name}: `,
    draws: {
      "child.started": (lane, _, at) => open(lane, "child", at),
      "child.refused"(lane, event, at) {
        open(lane, "child", at);
        close(lane, at, "failed", failureOf(event));
      },
      "child.completed": (lane, { output }, at) => close(lane, at, "completed", { result: output }),
      "child.failed": (lane, event, at) => close(lane, at, "failed", failureOf(event)),
      "child.cancelled": (lane, event, at) => close(lane, at, "cancelled", failureOf(event)),
      "child.carried": (lane, _, at) => close(lane, at, "abandoned"),
      "child.inherited": (lane, _, at) => open(lane, "child", at),
      "child.abandoned"(lane, { begun }, at) {
        if (begun === false) open(lane, "child", at);
        close(lane, at, begun === false ? "unbegun" : "abandoned");
      },
    },
  },
  cancel: {
    icon: undefined,
    title: ({ shielded, name }) => `${shielded ? "shielded " : ""}cancel of child ${name}: `,
    draws: {
      "child.cancelRequested"(lane, _, at) {
        open(lane, "cancel", at);
        close(lane, at, "completed");
      },
      "child.cancelAbandoned"(lane, _, at) {
        open(lane, "cancel", at);
        close(lane, at, "unbegun");
      },
    },
  },
  generation: {
    icon: "forward",
    title: () => "continueAsNew: ",
    draws: {
      "generation.refused"(lane, { error }, at) {
        open(lane, "generation", at);
        close(lane, at, "failed", { error });
      },
      "generation.cancelled"(lane, { begun }, at) {
        open(lane, "generation", at);
        close(lane, at, begun === false ? "unbegun" : "cancelled");
      },
    },
  },
};

/** Draws what an event says into the lane of its command. */
export function draw(lane: Lane, event: CommandRunEvent): void {
  const draws: Readonly<Record<string, unknown>> = DRAWN_KINDS[lane.kind].draws;
  const each = draws[event.type] as
    | ((lane: Lane, event: CommandRunEvent, at: number) => void)
    | undefined;
  each?.(lane, event, event.at.getTime());
}

function failureOf({
  error,
  leftBehind,
}: {
  error?: unknown;
  leftBehind?: true | undefined;
}): Partial<Segment> {
  return { error, ...(leftBehind && { leftBehind }) };
}

type StepEnd = RunEventOf<"step.completed" | "step.failed" | "step.cancelled" | "step.abandoned">;

/** The end of a step; of a task it is the first that the log tells of its last attempt. */
function finish(lane: Lane, event: StepEnd, outcome: Outcome, more: Partial<Segment>): void {
  if ("startedAt" in event && event.startedAt) {
    const started = event.startedAt.getTime();
    close(lane, started, "lost");
    open(lane, "attempt", started, { attempt: event.attempt });
  }
  close(lane, event.at.getTime(), outcome, more);
}

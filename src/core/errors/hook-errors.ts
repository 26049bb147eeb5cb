/** What becomes of hooks that are not resumed, and of payloads that come to no hook. */
import { DetentError } from "./detent-error.ts";

/** What a workflow catches when nobody has resumed a hook in its time. */
export class HookTimeoutError extends DetentError<"hook.timeout"> {
  readonly hook: string;

  constructor(details: { hook: string }) {
    super(
      "hook.timeout",
      `Nobody has resumed hook "${details.hook}" in its time. Go on without an answer, or give it a longer timeout.`,
    );
    this.hook = details.hook;
  }
}

/** No hook has this token. */
export class HookNotFoundError extends DetentError<"hook.notFound"> {
  constructor() {
    super(
      "hook.notFound",
      "There is no hook with this token. Check that it was copied whole; runs are deleted after their retention, and their hooks with them.",
    );
  }
}

/** A payload was received before: a hook takes one. */
export class HookAlreadyReceivedError extends DetentError<"hook.alreadyReceived"> {
  readonly runId: string;
  readonly hook: string;

  constructor(details: { runId: string; hook: string }) {
    super(
      "hook.alreadyReceived",
      `Hook "${details.hook}" of run "${details.runId}" has received its payload already, and takes one only. Ask for the run's status to see what became of it.`,
    );
    this.runId = details.runId;
    this.hook = details.hook;
  }
}

type HookExpiry = "timeout" | "cancelled" | "continued";

const WHY_EXPIRED: Readonly<Record<HookExpiry, string>> = {
  timeout: "its time was over before a payload came",
  cancelled: "its run is cancelled",
  continued: "its run went on as new, and asks anew for what it needs",
};

/** Nobody waits for a payload any more: the hook's time was over, its run is cancelled or went on as new. */
export class HookExpiredError extends DetentError<"hook.expired"> {
  readonly runId: string;
  readonly hook?: string;
  readonly reason: HookExpiry;

  constructor(details: {
    runId: string;
    hook?: string | undefined;
    reason: HookExpiry;
  }) {
    const which = details.hook === undefined ? "The hook" : `Hook "${details.hook}"`;
    const why = WHY_EXPIRED[details.reason];
    super(
      "hook.expired",
      `${which} of run "${details.runId}" takes no payload any more: ${why}. Ask for the run's status to see what became of it.`,
    );
    this.runId = details.runId;
    if (details.hook !== undefined) this.hook = details.hook;
    this.reason = details.reason;
  }
}

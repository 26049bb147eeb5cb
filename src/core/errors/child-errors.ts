/** What becomes of children that do not complete, and of such as cannot be born. */

import { messageOf } from "../thrown.ts";
import { DetentError } from "./detent-error.ts";

/** What a workflow catches when a child did not complete; `cause` is the child's own error. */
export class ChildFailedError extends DetentError<"child.failed"> {
  readonly runId: string;
  readonly workflow: string;
  readonly status: "failed" | "cancelled" | "terminated";

  constructor(details: {
    runId: string;
    workflow: string;
    status: "failed" | "cancelled" | "terminated";
    cause: unknown;
  }) {
    const { runId, workflow, status, cause } = details;
    const how = status === "failed" ? "failed" : `was ${status}`;
    super("child.failed", `Child "${workflow}" (run "${runId}") ${how}: ${messageOf(cause)}`, {
      cause,
    });
    this.runId = runId;
    this.workflow = workflow;
    this.status = status;
  }
}

/** The id that a child was to have is another run's. */
export class RunExistsError extends DetentError<"run.exists"> {
  readonly runId: string;

  constructor(runId: string) {
    super(
      "run.exists",
      `No child was started: there is a run "${runId}" already. Leave the runId out, or make it one that only this child can have.`,
    );
    this.runId = runId;
  }
}

/** More children live than can be carried over to the next generation of their parent. */
export class TooManyChildrenError extends DetentError<"child.tooMany"> {
  readonly living: number;
  readonly limit: number;

  constructor(details: { living: number; limit: number }) {
    const { living, limit } = details;
    super(
      "child.tooMany",
      `The run cannot go on as new while ${living} of its children live: at most ${limit} of them can be carried over. Wait for some of them, cancel them, or start them with onParentEnd: "abandon".`,
    );
    this.living = living;
    this.limit = limit;
  }
}

/** A child of a child of a child, and so on, deeper than families may be. */
export class FamilyTooDeepError extends DetentError<"child.tooDeep"> {
  readonly limit: number;

  constructor(details: { workflow: string; limit: number }) {
    const { workflow, limit } = details;
    super(
      "child.tooDeep",
      `Child "${workflow}" was not started: it would be more than ${limit} levels below the run that its family began with. Look for a workflow that starts itself again and again, or let children start their siblings' work through their parent.`,
    );
    this.limit = limit;
  }
}

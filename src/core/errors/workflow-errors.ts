/** What keeps the code of a workflow from going on. */
import { DetentError } from "./detent-error.ts";

/** Replayed code asked for something else than what its log recorded at that position. */
export class NonDeterminismError extends DetentError<"workflow.nonDeterministic"> {
  readonly position: number;
  readonly expected: string;
  readonly got: string;

  constructor(details: { position: number; expected: string; got: string }) {
    super(
      "workflow.nonDeterministic",
      `The workflow's code no longer fits its log: command ${details.position} was recorded as ${details.expected}, but the code asked for ${details.got}. Deploy the code that started the run, or register the change under a new version.`,
    );
    this.position = details.position;
    this.expected = details.expected;
    this.got = details.got;
  }
}

/** Workflow code awaited something that is neither a Detent command nor settled by one. */
export class ForeignAwaitError extends DetentError<"workflow.foreignAwait"> {
  constructor(what: string) {
    super(
      "workflow.foreignAwait",
      `${what} after awaiting something that is not a Detent command (a timer, fetch or other I/O). Move that work into a step; in workflow code await only steps, sleeps and what is built from them.`,
    );
  }
}

/** Workflow code that goes on for ever without waiting for a command. */
export class EndlessLoopError extends DetentError<"workflow.endlessLoop"> {
  constructor(acts: number) {
    super(
      "workflow.endlessLoop",
      `The workflow asked ${acts} things in a row without waiting for a step or sleep. Wait with sleep() in a loop that polls, and rethrow errors for which isCancellation(error) is true.`,
    );
  }
}

/** Workflow code asked for a patch that neither its run began with nor its definition names. */
export class UnknownPatchError extends DetentError<"workflow.unknownPatch"> {
  readonly patch: string;

  constructor(details: { workflow: string; patch: string }) {
    const { workflow, patch } = details;
    super(
      "workflow.unknownPatch",
      `Workflow "${workflow}" asked for patched("${patch}") and does not name that patch. Name it, as in workflow("${workflow}", …, { patches: ["${patch}"] }), or mend the name; the run goes on once that is deployed.`,
    );
    this.patch = patch;
  }
}

/** The workflow, or the version of it that a run was started with, is not registered here. */
export class WorkflowNotFoundError extends DetentError<"workflow.notFound"> {
  readonly workflow: string;

  constructor(details: { workflow: string; version?: string | undefined; known?: string[] }) {
    const version = details.version === undefined ? "" : ` version "${details.version}"`;
    const known = details.known?.length ? ` Registered: ${details.known.join(", ")}.` : "";
    super(
      "workflow.notFound",
      `No workflow "${details.workflow}"${version} is registered in this engine.${known} Check the name, or pass the workflow to createEngine.`,
    );
    this.workflow = details.workflow;
  }
}

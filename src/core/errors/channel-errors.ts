/** What becomes of messages that a run does not take. */
import { DetentError } from "./detent-error.ts";

/** The workflow names no such channel: nobody can send to it, and no code can receive from it. */
export class ChannelNotFoundError extends DetentError<"channel.notFound"> {
  readonly workflow: string;
  readonly channel: string;

  constructor(details: { workflow: string; channel: string; known: readonly string[] }) {
    const { workflow, channel, known } = details;
    const named = known.length === 0 ? "none" : known.map((name) => `"${name}"`).join(", ");
    super(
      "channel.notFound",
      `Workflow "${workflow}" names no channel "${channel}"; it names ${named}. Check the name, or name the channel in workflow("${workflow}", …, { channels: [ … ] }).`,
    );
    this.workflow = workflow;
    this.channel = channel;
  }
}

/** The run keeps no more messages for now. */
export class ChannelFullError extends DetentError<"channel.full"> {
  readonly runId: string;
  readonly channel: string;
  /** What is full: too many messages wait, or the log has too many events. */
  readonly reason: "unreceived" | "log";

  constructor(details: { runId: string; channel: string; reason: "unreceived" | "log" }) {
    const { runId, channel, reason } = details;
    const why = {
      unreceived:
        "it has as many messages as it may have that nobody has received. Try again once it has received some, or send it less",
      log: "its log is nearly as long as it may be, and what is left is for its own steps. Have its workflow go on as new now and then, with continueAsNew, spread the messages over several runs, or raise limits: { events } of its workflow",
    };
    super(
      "channel.full",
      `Run "${runId}" takes no message on channel "${channel}": ${why[reason]}.`,
    );
    this.runId = runId;
    this.channel = channel;
    this.reason = reason;
  }
}

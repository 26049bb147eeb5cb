/** What runs are sent: who gets which message, who is woken, and what senders are told. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const pairing = "src/core/decide/messages.ts";
const receiving = "src/engine/calls/receive-incoming.ts";
const sending = "src/engine/calls/send-message.ts";
const channels = ["test/engine/channels.test.ts"];

export const messaging: Mutant[] = mutantsOf(
  "message",
  { killers: ["test/engine/sending.test.ts"], file: receiving },
  [
    {
      id: "handed",
      rule: "a message is handed to the receive that waits for it, in the entry that brings it",
      file: pairing,
      search: "return waiting ? [received, handedTo(waiting, message)] : [received];",
      replace: "return waiting ? [received] : [received];",
    },
    {
      id: "longest",
      rule: "the receive that waits longest gets the message",
      file: pairing,
      search: "return first.sort((a, b) => a.command - b.command)[0];",
      replace: "return first.sort((a, b) => b.command - a.command)[0];",
      killers: channels,
    },
    {
      id: "after-request",
      rule: "from a request to cancel on only shields are handed messages",
      file: pairing,
      search: "awaitedSides(state).flatMap((side)",
      replace:
        "[state.open.unshielded, state.open.shielded, ...awaitedSides(state)].flatMap((side)",
      killers: channels,
    },
    {
      id: "taken-once",
      rule: "each of several receives takes a message of its own",
      file: pairing,
      search: "    mailbox = mailbox.without(message);\n",
      replace: "",
      killers: channels,
    },
    {
      id: "taken-first",
      rule: "what is there is taken before a receive is recorded as waiting",
      file: "src/core/decide/decide.ts",
      search: "    takeMessages(state, outcome) ??\n",
      replace: "    (takeMessages(state, outcome) && undefined) ??\n",
      killers: channels,
    },
    {
      id: "forgotten",
      rule: "what was received is received by nobody else",
      file: "src/core/fold.ts",
      search: 'if (role.does === "settles" && role.takes) return taken(state, role.takes(event));',
      replace: "",
      killers: channels,
    },
    {
      id: "begun",
      rule: "a run has not begun because it was sent something",
      file: "src/core/fold.ts",
      search: "isFromOutside({ events })",
      replace: "events.length === 0",
      killers: channels,
    },
    {
      id: "wakes",
      rule: "a message that is waited for makes its run due, though its sender dies",
      file: "src/engine/commit/head-update.ts",
      search: '(isHanded && role.does === "settles")',
      replace: '(isHanded && role.does === "opens")',
    },
    {
      id: "wakes-nobody",
      rule: "a message that nobody waits for wakes nobody",
      file: sending,
      search: "if (incoming.isHanded) await sendUnheld",
      replace: "await sendUnheld",
    },
    {
      id: "wakes-again",
      rule: "a message that comes again sends the run on again, as its sender may have died",
      search: "return message !== undefined && !mailbox?.holds({ channel, message });",
      replace: "return message === undefined && !mailbox?.holds({ channel, message: 0 });",
    },
    {
      id: "duplicate",
      rule: "a message with an id that came before changes nothing",
      search: "if (messageId !== undefined && mailbox.knows(messageId))",
      replace: "if (messageId === undefined && mailbox.knows(channel))",
    },
    {
      id: "duplicate-late",
      rule: "a message that came before its run ended is answered as such",
      file: sending,
      search: "if (isKnown) return",
      replace: "if (isKnown && head.position < 0) return",
    },
    {
      id: "ended",
      rule: "nothing is sent to a run that has ended",
      search: "if (state.ended) return hasEnded(runId, state.ended, state);",
      replace: 'if (state.ended) return "duplicate";',
    },
    {
      id: "log-full",
      rule: "senders leave a part of the log to the run",
      search: "SENDERS_PART * eventLimit",
      replace: "SENDERS_PART * eventLimit * 2",
    },
    {
      id: "unreceived",
      rule: "so much is kept that nobody has received, and no more",
      search: "bytes > MOST_UNRECEIVED_BYTES",
      replace: "bytes < 0",
    },
    {
      id: "out-of-date",
      rule: "nobody is refused by what is out of date",
      search: "if (events.length === 0 && (await session.catchUp())) await write();",
      replace: "",
    },
    {
      id: "shared",
      rule: "senders of one process share entries",
      search: "session.incoming.take(MOST_AT_ONCE, ENTRY_BYTES)",
      replace: "session.incoming.take(1, ENTRY_BYTES)",
    },
    {
      id: "too-large-together",
      rule: "an entry takes only as much as it may have",
      search: "session.incoming.take(MOST_AT_ONCE, ENTRY_BYTES)",
      replace: "session.incoming.take(MOST_AT_ONCE, ENTRY_BYTES * 100)",
    },
    {
      id: "validated",
      rule: "what does not fit the schema is refused, and nothing of it is written",
      file: "src/engine/calls/kept-payload.ts",
      search: "encode(await validated(what, payload, schema), what)",
      replace: "encode(schema ? payload : await validated(what, payload, schema), what)",
    },
    {
      id: "unnamed",
      rule: "a channel that is not named is no failure of the run",
      file: "src/engine/replay/named-in-workflow.ts",
      search:
        "const unknown = new ChannelNotFoundError({ workflow, channel, known });\n    this.#window.fail(unknown);",
      replace: "const unknown = new ChannelNotFoundError({ workflow, channel, known });",
      killers: channels,
    },
    {
      id: "said-by-senders",
      rule: "what the code says to a message is written by who runs it next, and by nobody else",
      file: "src/engine/session/session.ts",
      search: "if (!isFromOutside(entry)) this.say();",
      replace: "this.say();",
    },
    {
      id: "said-by-nobody",
      rule: "what the code says to a message of somebody else is written",
      file: "src/engine/session/live-code.ts",
      search: "const quiet = !own && !isFromOutside(entry);",
      replace: "const quiet = !own;",
    },
    {
      id: "said-at-start",
      rule: "what the code says at its start is written, though it was sent something before",
      file: "src/engine/replay/replay-log.ts",
      search: "entry.position > 0 && !isFromOutside(entry)",
      replace: "entry.position > 0",
    },
  ],
);

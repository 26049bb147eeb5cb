/** What has become of each message, held against what its sender was told. */
import type { EventOf } from "../../src/core/events.ts";
import { decode } from "../../src/core/value.ts";
import type { Posting } from "./posters.ts";
import type { Simulated } from "./simulation.ts";

type Received = EventOf<"message.received">;

export function wrongMessages(simulated: Simulated): string[] {
  const { log, postings } = simulated;
  const received = log.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === "message.received" ? [event] : [])),
  );
  return [
    ...postings.flatMap((posting) => wrongAnswers(simulated, posting, received)),
    ...received.flatMap((message) => invented(message, postings)),
    ...outOfOrder(postings, received),
  ];
}

const isOf = ({ payload }: Posting, message: Received): boolean =>
  decode(message.payload) === payload;

/** Whoever was answered before another began stands before it in the log. */
function outOfOrder(postings: readonly Posting[], received: readonly Received[]): string[] {
  const places = postings.map((posting) => received.findIndex((each) => isOf(posting, each)));
  return postings.flatMap((early, index) => {
    const answered = early.answers.find(({ told }) => told === "sent")?.moment;
    return postings.flatMap((late, other) => {
      if (answered === undefined || late.began <= answered) return [];
      const [first = -1, second = -1] = [places[index], places[other]];
      if (first < 0 || second < 0 || first < second) return [];
      return [`"${late.payload}" stands before "${early.payload}", which came first`];
    });
  });
}

/** What the code gets was sent by somebody, and fits. */
function invented(message: Received, postings: readonly Posting[]): string[] {
  const { channel, messageId } = message;
  const isSent = postings.some(
    (each) =>
      each.isGood &&
      isOf(each, message) &&
      each.channel === channel &&
      each.messageId === messageId,
  );
  return isSent ? [] : [`channel ${channel} got what nobody has sent`];
}

function wrongAnswers(
  simulated: Simulated,
  posting: Posting,
  received: readonly Received[],
): string[] {
  const { payload, answers, messageId, tries } = posting;
  if (answers.length === 0) return [`the sender of "${payload}" was never told what became of it`];
  const own = received.filter((each) => isOf(posting, each));
  const wrong = answers.flatMap((answer) =>
    isTrue(simulated, posting, { answer, received })
      ? []
      : [`the sender of "${payload}" was told ${answer.told}, and the log has it ${own.length}×`],
  );
  const most = messageId === undefined ? tries : 1;
  if (own.length > most) wrong.push(`"${payload}" was sent ${tries}×, and came ${own.length}×`);
  return wrong;
}

function isTrue(
  { witness }: Simulated,
  posting: Posting,
  {
    answer: { told, moment },
    received,
  }: { answer: Posting["answers"][number]; received: readonly Received[] },
): boolean {
  const { isGood, messageId } = posting;
  const isThere = received.some((each) => isOf(posting, each));
  const isKnown = messageId !== undefined && received.some((each) => each.messageId === messageId);
  switch (told) {
    case "sent":
      return isThere;
    case "duplicate":
      return isKnown;
    case "input.invalid":
      return !isGood && !isThere;
    case "run.ended":
      return witness.ended !== undefined && witness.ended.moment <= moment && !isKnown;
    default:
      return false;
  }
}

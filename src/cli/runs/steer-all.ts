/** Asks the same of every run that fits a filter, if that was confirmed. */
import {
  ContentionError,
  isEnded,
  type RunStatus,
  StoreDamagedError,
} from "../../http/client/index.ts";
import { columns } from "../columns.ts";
import { asFailure, interrupted, usageFailure } from "../failure.ts";
import type { Answer } from "../output.ts";
import { withProgress } from "../progress.ts";
import type { Session } from "../session.ts";
import { showStatus } from "../status-colour.ts";
import { visible } from "../text.ts";
import { type Filter, tellHowMany } from "./filter-options.ts";

type Client = Session["client"];
type How = Parameters<Client["pause"]>[1];

export interface Steered {
  runId: string;
  outcome: string;
  status: RunStatus;
}

/** What is asked of runs. */
export interface Way<A extends Steered> {
  verb: string;
  /** What those are then of which it was asked. */
  done: string;
  /** The status of those that it is asked of, unless a filter names another. */
  only?: RunStatus;
  all(client: Client, filter: Filter, how: How): AsyncIterable<A>;
}

export async function steerAll<A extends Steered>(
  session: Session,
  { filter: given, isConfirmed }: { filter: Filter; isConfirmed: boolean },
  { way, how }: { way: Way<A>; how: How },
): Promise<void> {
  const { client, output, shell } = session;
  const { verb, done, only } = way;
  const filter = { ...given, status: given.status ?? only };
  if (filter.status && isEnded(filter.status)) {
    throw usageFailure(`Runs that are ${filter.status} have ended: there is nothing to ${verb}.`);
  }
  if (!isConfirmed) throw usageFailure(await tellHowMany(session, filter, verb));
  const steered: A[] = [];
  try {
    await withProgress(
      shell,
      () => `${steered.length} ${done}`,
      async () => {
        for await (const answer of way.all(client, filter, how)) steered.push(answer);
      },
    );
  } catch (error) {
    // One of them could not be asked, and all others were.
    const isOfOne = error instanceof StoreDamagedError || error instanceof ContentionError;
    if (isOfOne) return output.answerAndFail(show(steered, done), asFailure(error));
    const known = { runs: steered };
    throw shell.signal.aborted ? interrupted("detent runs list", known) : asFailure(error, known);
  }
  output.answer(show(steered, done));
}

function show(steered: readonly Steered[], done: string): Answer & { json: object } {
  return {
    json: { runs: steered },
    plain: steered.map(({ runId, outcome, status }) => [runId, outcome, status]),
    table: (colours) =>
      steered.length === 0
        ? `No run fits, so nothing was ${done}.`
        : columns(
            ["RUN", "OUTCOME", "STATUS"],
            steered.map(({ runId, outcome, status }) => [
              visible(runId),
              outcome,
              showStatus(status, colours),
            ]),
            colours,
          ),
  };
}

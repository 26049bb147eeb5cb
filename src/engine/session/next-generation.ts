/**
 * The next generation of a run, as its code asks for it.
 *
 * NG1. Whether the run can go on so is found out before anything is written of it (CN3).
 * NG2. It begins with the newest version of its workflow that is known here, and that version's patches.
 * NG3. What was found out holds for what this execution of the code asks for: another may ask for
 *      something else.
 */
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import type { PendingGeneration } from "../../core/commands/generation.ts";
import { isGeneration } from "../../core/commands/index.ts";
import { whyNotCarried } from "../../core/decide/ending.ts";
import { asError, PayloadTooLargeError } from "../../core/errors.ts";
import type { EventOf } from "../../core/events.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { RunState } from "../../core/run-state.ts";
import type { Successor } from "../../core/situation.ts";
import { decode, type Encoded, encode, encodeError, sizeOf } from "../../core/value.ts";
import { VALUE_LIMIT } from "../../ports/limits.ts";
import type { Registry } from "../registry.ts";
import { digestOf } from "./digest.ts";
import { parsedInput } from "./new-head.ts";

type Started = EventOf<"workflow.started">;

/** What a generation begins with. */
export interface Beginning {
  workflow: AnyWorkflow;
  input: Encoded;
  /** Of what the first one was started with. */
  first: NonNullable<Started["first"]>;
}

type Found = { pending: PendingGeneration } & (
  | { beginning: Beginning }
  | { beginning?: undefined; refusal: Encoded }
);

export class NextGeneration {
  readonly #registry: Registry<AnyWorkflow>;
  readonly #start: Started;
  #found: Found | undefined;

  /** @param start how the log began that is to be followed. */
  constructor(registry: Registry<AnyWorkflow>, start: Started) {
    this.#registry = registry;
    this.#start = start;
  }

  /** What the run goes on with, once its code has asked for that. */
  get beginning(): Beginning | undefined {
    return this.#found?.beginning;
  }

  /** Finds out whether what the code asks for can be done. */
  async prepare({ unrecorded }: Outcome, state: RunState): Promise<Successor | undefined> {
    const pending = [...unrecorded.values()].find(isGeneration);
    if (!pending) return undefined;
    if (this.#found?.pending !== pending) this.#found = await this.#find(pending);
    const { command } = pending;
    if (!this.#found.beginning) return { command, refusal: this.#found.refusal };
    const why = whyNotCarried(state);
    return { command, ...(why && { refusal: encodeError(why) }) };
  }

  async #find(pending: PendingGeneration): Promise<Found> {
    if ("unkeepable" in pending.input) return { pending, refusal: pending.input.unkeepable };
    try {
      return { pending, beginning: await this.#begin(decode(pending.input.kept)) };
    } catch (error) {
      return { pending, refusal: encodeError(asError(error, "The input of continueAsNew")) };
    }
  }

  async #begin(given: unknown): Promise<Beginning> {
    const workflow = this.#registry.newest(this.#start.workflow);
    const what = `The input of workflow "${workflow.name}"`;
    const input = encode(await parsedInput(workflow, given), what);
    const size = sizeOf(input);
    if (size > VALUE_LIMIT) throw new PayloadTooLargeError({ what, size, limit: VALUE_LIMIT });
    return { workflow, input, first: await firstInput(this.#start) };
  }
}

async function firstInput({ first, given, input }: Started): Promise<Beginning["first"]> {
  if (first) return first;
  return {
    ...(given !== undefined && { given }),
    input: (await digestOf(decode(input))) ?? "",
  };
}

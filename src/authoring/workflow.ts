import type { StandardSchemaV1 } from "@standard-schema/spec";
import { USUAL_EVENTS } from "../core/bounds.ts";
import { type Duration, toMillis } from "../core/duration.ts";
import { ConfigurationError } from "../core/errors.ts";
import { isLabel, RULES } from "../core/option-rules.ts";
import { type AnyChannel, isChannel } from "./channel.ts";
import { isSchema } from "./schema.ts";

type Schema = StandardSchemaV1;

export interface WorkflowOptions {
  /** Validates the input once, at start. What the schema puts out is stored and handed to the code. */
  input?: Schema | undefined;
  /** Validates what the workflow returns; a mismatch fails the run with `InvalidOutputError`. */
  output?: Schema | undefined;
  /** Runs go on under the version they were started with. Default `"1"`. */
  version?: string | undefined;
  /** From its start; a run that takes longer is cancelled gracefully. */
  maxDuration?: Duration | undefined;
  /** Changes to the code that runs which began before them do not see: `patched(id)` tells. */
  patches?: readonly string[] | undefined;
  /** What runs of it can be sent, and receive from. */
  channels?: readonly AnyChannel[] | undefined;
  /** A run whose log reaches so many events is stopped gracefully and fails. Default 50,000. */
  limits?: { events?: number | undefined } | undefined;
}

/** A workflow: a name, a version and deterministic code. `Parsed` is what the input schema puts out. */
export interface Workflow<In, Out, Parsed = In, Name extends string = string> {
  readonly name: Name;
  readonly version: string;
  readonly run: (input: Parsed) => Out | Promise<Out>;
  readonly input: Schema | undefined;
  readonly output: Schema | undefined;
  readonly maxDurationMs: number | undefined;
  /** None of them twice. */
  readonly patches: readonly string[];
  /** No two of one name. */
  readonly channels: readonly AnyChannel[];
  readonly eventLimit: number;
  /** Carries the type of the input; never called. */
  readonly "~input"?: (input: In) => void;
}

/** Any workflow, whatever its types. */
export type AnyWorkflow = Workflow<never, unknown, never>;

export type InputOf<W extends AnyWorkflow> = W extends {
  readonly "~input"?: (input: infer In) => void;
}
  ? In
  : never;
export type OutputOf<W extends AnyWorkflow> =
  W extends Workflow<never, infer Out, never> ? Out : never;

/**
 * An input and options: the input may be left out only where the workflow takes none. Of an
 * engine whose workflows are not known to the types (`never`), anything may be started.
 */
export type Arguments<In, Options> = [In] extends [never]
  ? [input?: unknown, options?: Options]
  : undefined extends In
    ? [input?: In, options?: Options]
    : unknown extends In
      ? [input?: unknown, options?: Options]
      : [In] extends [void]
        ? [input?: undefined, options?: Options]
        : [input: In, options?: Options];

type Rest = Omit<WorkflowOptions, "input" | "output">;
type Code<Parsed, Out> = (input: Parsed) => Out | Promise<Out>;

/**
 * Registers nothing by itself: pass the workflow to `createEngine`.
 *
 * @example
 * const order = workflow("order", async (input: { orderId: string }) => {
 *   await reserve(input.orderId);
 *   return { status: "completed" };
 * }, { version: "1" });
 * @throws ConfigurationError for a bad name, version, schema, patch, channel or limit; InvalidInputError for a bad duration.
 */
export function workflow<const Name extends string, Out, Parsed = void, In = Parsed, Result = Out>(
  name: Name,
  run: Code<Parsed, Out>,
  options?: Rest & {
    input?: StandardSchemaV1<In, Parsed> | undefined;
    output?: StandardSchemaV1<Out, Result> | undefined;
  },
): Workflow<In, Result, Parsed, Name>;
export function workflow(
  name: string,
  run: Code<never, unknown>,
  options: WorkflowOptions = {},
): Workflow<never, unknown, never> {
  const { version = "1", input, output, maxDuration, patches = [], channels = [] } = options;
  const { events = USUAL_EVENTS } = options.limits ?? {};
  if (!isLabel(name)) {
    throw new ConfigurationError(
      `A workflow needs a name, ${RULES.label.wanted}: workflow("order", async (input) => { … }).`,
    );
  }
  if (typeof run !== "function") {
    throw new ConfigurationError(`Workflow "${name}" needs a function as its second argument.`);
  }
  if (!isLabel(version)) {
    throw new ConfigurationError(
      `The version of workflow "${name}" must be ${RULES.label.wanted}, such as "1".`,
    );
  }
  for (const [option, schema] of Object.entries({ input, output })) {
    if (schema === undefined || isSchema(schema)) continue;
    throw new ConfigurationError(
      `The ${option} of workflow "${name}" is no Standard Schema. Pass a schema of zod (3.24 or newer), valibot or arktype.`,
    );
  }
  checkPatches(name, patches);
  checkChannels(name, channels);
  if (!RULES.events.fits(events)) {
    throw new ConfigurationError(
      `The limits of workflow "${name}" must have events that are ${RULES.events.wanted}.`,
    );
  }
  return {
    name,
    version,
    run,
    input,
    output,
    maxDurationMs: maxDuration === undefined ? undefined : toMillis(maxDuration, "maxDuration"),
    patches: [...patches],
    channels: [...channels],
    eventLimit: events,
  };
}

function checkChannels(workflow: string, channels: readonly AnyChannel[]): void {
  if (!Array.isArray(channels) || !channels.every(isChannel)) {
    throw new ConfigurationError(
      `The channels of workflow "${workflow}" must be a list of what channel() returns. Look for modules that import each other: what they export may not be there yet.`,
    );
  }
  const names = channels.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new ConfigurationError(
    `Workflow "${workflow}" names two channels "${twice}". Give each channel a name of its own.`,
  );
}

function checkPatches(workflow: string, patches: readonly string[]): void {
  const { fits, wanted, each } = RULES.patches;
  if (!fits(patches)) {
    throw new ConfigurationError(
      `The patches of workflow "${workflow}" must be ${wanted}, each ${each.wanted}, such as ["fraud-check"].`,
    );
  }
  const twice = patches.find((patch, index) => patches.indexOf(patch) !== index);
  if (twice === undefined) return;
  throw new ConfigurationError(
    `Workflow "${workflow}" names the patch "${twice}" twice. Give each change an id of its own.`,
  );
}

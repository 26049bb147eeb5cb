/**
 * What stores keep, as zod schemas. What does not fit is damaged, or was written by a version that
 * knows more: it is refused as such where it is read, whatever store it comes from.
 */
import * as z from "zod/mini";
import { StoreDamagedError } from "../core/errors.ts";
import { eventSchema } from "../core/events.ts";
import { RUN_STATUSES, type RunStatus } from "../core/run.ts";
import type { Encoded } from "../core/value.ts";
import type { DamagedRun, KeptEntry, KeptMark, RunHead, Task } from "./store.ts";

const time = z.number();
const optional = z.exactOptional;
const encoded = z.custom<Encoded>((value) => typeof value === "number" || Array.isArray(value));

const entryShape = z.object({
  position: z.number(),
  id: z.string(),
  at: time,
  events: z.array(eventSchema),
  dueAt: optional(time),
});

const cancellation = z.object({
  reason: optional(z.string()),
  requestedBy: optional(z.string()),
  requestedAt: time,
  deliveredAt: optional(time),
  checkpoint: optional(z.string()),
  deadline: optional(time),
  cleanup: optional(z.object({ steps: z.number(), finished: z.boolean(), durationMs: z.number() })),
  children: optional(z.object({ asked: z.number(), ended: z.number() })),
  tooLate: optional(z.boolean()),
  swallowed: optional(z.boolean()),
});

/** By whom, why and when. */
const asked = z.object({
  reason: optional(z.string()),
  requestedBy: optional(z.string()),
  at: time,
});

const problem = z.object({
  code: z.string(),
  message: z.string(),
  at: time,
  tries: z.number(),
  position: optional(z.number()),
});

const parent = z.object({
  runId: z.string(),
  incarnation: z.string(),
  command: z.number(),
  depth: z.number(),
});
const generation = z.object({ number: z.number(), first: z.string() });

const headShape = z.object({
  runId: z.string(),
  incarnation: z.string(),
  workflow: z.string(),
  version: z.string(),
  start: optional(entryShape),
  tags: z.array(z.string()),
  parent: optional(parent),
  generation: optional(generation),
  createdAt: time,
  startAt: optional(time),
  status: z.enum(RUN_STATUSES),
  position: z.number(),
  startedAt: optional(time),
  endedAt: optional(time),
  dueAt: optional(time),
  resends: z.number(),
  pause: optional(asked),
  cancellation: optional(cancellation),
  termination: optional(asked),
  problem: optional(problem),
  closing: optional(z.union([z.object({ output: encoded }), z.object({ error: encoded })])),
  failure: optional(
    z.object({ name: z.string(), message: z.string(), code: optional(z.string()) }),
  ),
  keepAt: time,
  expiresAt: optional(time),
});

const endMarkShape = z.object({
  command: z.number(),
  child: z.string(),
  generation: optional(z.number()),
  status: z.enum(["completed", "failed", "cancelled", "terminated"]),
  position: z.number(),
  output: optional(encoded),
  error: optional(encoded),
  dueAt: optional(time),
});

const taskShape = z.object({
  command: z.number(),
  attempt: z.number(),
  claim: optional(z.string()),
  lease: optional(time),
  startedAt: optional(time),
  retryAt: optional(time),
  error: optional(encoded),
  leftBehind: optional(z.literal(true)),
  stop: optional(z.boolean()),
  end: optional(
    z.discriminatedUnion("type", [
      z.object({ type: z.literal("completed"), result: encoded }),
      z.object({
        type: z.literal("failed"),
        error: encoded,
        leftBehind: optional(z.literal(true)),
      }),
      z.object({ type: z.literal("cancelled"), error: encoded }),
    ]),
  ),
});

/** @param what names it in the error. @throws StoreDamagedError */
export function asHead(kept: unknown, what: string): RunHead {
  return fitting(headShape, kept, what);
}

/** @throws StoreDamagedError */
export function asEntry(kept: unknown, what: string): KeptEntry {
  return fitting(entryShape, kept, what);
}

/** @throws StoreDamagedError */
export function asTask(kept: unknown, what: string): Task {
  return fitting(taskShape, kept, what);
}

/** @throws StoreDamagedError */
export function asEndMark(kept: unknown, what: string): KeptMark {
  return fitting(endMarkShape, kept, what);
}

/** @throws StoreDamagedError */
export function fitting<Schema extends z.ZodMiniType>(
  schema: Schema,
  kept: unknown,
  what: string,
): z.output<Schema> {
  const parsed = z.safeParse(schema, kept);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const why = issue ? `${issue.path.join(".")}: ${issue.message}` : "it has another shape";
  throw new StoreDamagedError(what, why, parsed.error);
}

/** What a damaged head still tells of its run: each field that is what it should be. */
export function salvage(
  kept: Readonly<Record<string, unknown>>,
  place: { runId: string; createdAt: number; status: RunStatus },
  { message }: StoreDamagedError,
): DamagedRun {
  const { workflow, version, status, tags, expiresAt } = headShape.shape;
  const read = <Field>(field: z.ZodMiniType<Field>, name: string): Field | undefined =>
    z.safeParse(field, kept[name]).data;
  const known = {
    workflow: read(workflow, "workflow"),
    version: read(version, "version"),
    tags: read(tags, "tags"),
    generation: read(headShape.shape.generation, "generation")?.number,
    expiresAt: read(expiresAt, "expiresAt"),
  };
  const found = Object.entries(known).filter(([, value]) => value !== undefined);
  return {
    ...place,
    status: read(status, "status") ?? place.status,
    ...Object.fromEntries(found),
    damage: message,
  };
}

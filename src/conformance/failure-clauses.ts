/** The clauses on failure: S18 to S20. */
import { deepEqual, rejects } from "node:assert/strict";
import { ENTRY_LIMIT } from "../core/bounds.ts";
import type { Entry } from "../core/events.ts";
import type { Encoded } from "../core/value.ts";
import { HEAD_PART_LIMIT, IN_HEAD_LIMIT, RUN_ID_LIMIT, VALUE_LIMIT } from "../ports/limits.ts";
import type { RunHead, StartedHead } from "../ports/store.ts";
import { lacks, matches } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { entryOfSize, keyOf, newClaim, newEntry, newHead } from "./samples.ts";

const tooLarge = { code: "payload.tooLarge" };

/** A value that takes this many bytes as JSON. */
function valueOfSize(bytes: number, letter = "x"): Encoded {
  const letters = Math.floor((bytes - 4) / Buffer.byteLength(letter));
  const text = letter.repeat(letters);
  return [text + "x".repeat(bytes - 4 - Buffer.byteLength(text))];
}

/** A head whose start has events of this many bytes as JSON. */
function startOfSize(bytes: number): StartedHead {
  const head = newHead();
  const eventsWith = (input: Encoded): Entry["events"] => [
    { type: "workflow.started", workflow: "w", version: "1", input },
  ];
  const frame = Buffer.byteLength(JSON.stringify(eventsWith(valueOfSize(4))));
  const events = eventsWith(valueOfSize(bytes - frame + 4, "é"));
  return { ...head, start: { ...head.start, events } };
}

/** A head as the store answers it when its start is kept in the log alone. */
function withoutStart({ start: _, ...rest }: RunHead): RunHead {
  return rest;
}

export const failureClauses = clausesOf("failure", (clause) => {
  clause("S18", "a refused append with a head change changes neither", async (store) => {
    const head = newHead();
    await store.runs.create(head, 0);
    const append = store.log.append(head, entryOfSize(1, 500_000), {
      change: { status: "running" },
    });
    await rejects(append, tooLarge);
    deepEqual(await store.runs.get(head.runId, 0), head);
    deepEqual(await store.log.read(head, { from: 1 }), []);
  });

  for (const letter of ["x", "é", "\u{1f600}"]) {
    clause("S19", `an entry of ${letter} fills an item, and no more`, async (store) => {
      const key = keyOf(newHead());
      const append = store.log.append(key, entryOfSize(1, ENTRY_LIMIT + 1, letter));
      await rejects(append, {
        ...tooLarge,
        limit: ENTRY_LIMIT,
        size: ENTRY_LIMIT + 1,
      });
      deepEqual(await store.log.read(key, { from: 1 }), []);
      const full = entryOfSize(1, ENTRY_LIMIT, letter);
      deepEqual(await store.log.append(key, full), { outcome: "appended" });
      deepEqual(await store.log.read(key, { from: 1 }), [full]);
    });
  }

  clause(
    "S19",
    "a start fills an entry, and its head can still take all that the run ends with",
    async (store) => {
      const over = store.runs.create(startOfSize(ENTRY_LIMIT + 1), 0);
      await rejects(over, { ...tooLarge, limit: ENTRY_LIMIT });
      const head = startOfSize(ENTRY_LIMIT);
      deepEqual(await store.runs.create(head, 0), { created: true });
      const reason = "é".repeat((HEAD_PART_LIMIT - 100) / 2);
      const problem = { code: "c", message: reason, at: 1, tries: 1 };
      deepEqual(
        await store.runs.patch(head, { position: 0, change: { problem }, readDueAt: undefined }),
        { ok: true },
      );
      const change = {
        status: "completed" as const,
        endedAt: 1,
        expiresAt: 90_000,
        cancellation: { requestedAt: 1, deadline: 2, reason },
        closing: { output: valueOfSize(IN_HEAD_LIMIT - 20) },
        failure: { name: "Error", message: reason.slice(0, 500), code: "c" },
      };
      const entry = newEntry(1);
      deepEqual(await store.log.append(head, entry, { change }), { outcome: "appended" });
      deepEqual(await store.log.read(head, { from: 0 }), [head.start, entry]);
      const { dueAt: _, ...rest } = withoutStart(head);
      deepEqual(await store.runs.get(head.runId, 0), {
        ...rest,
        ...change,
        problem,
        position: 1,
      });
    },
  );

  clause(
    "S19",
    "the parts of a head have a limit; a closing over it is left to the log",
    async (store) => {
      const head = newHead();
      await store.runs.create(head, 0);
      const message = "x".repeat(HEAD_PART_LIMIT);
      const problem = { code: "c", message, at: 1, tries: 1 };
      await rejects(
        store.runs.patch(head, { position: 0, change: { problem }, readDueAt: undefined }),
        tooLarge,
      );
      const cancellation = { requestedAt: 1, deadline: 2, reason: message };
      const append = store.log.append(head, newEntry(1), { change: { cancellation } });
      await rejects(append, tooLarge);
      const closing = { output: valueOfSize(IN_HEAD_LIMIT) };
      await store.log.append(head, newEntry(1), { change: { status: "completed", closing } });
      const closed = await store.runs.get(head.runId, 0);
      matches(closed, { status: "completed" });
      lacks(closed, "closing");
    },
  );

  clause(
    "S19",
    "a task's result and error each fill an item, and leave room to absorb them",
    async (store) => {
      const key = keyOf(newHead());
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim }));
      const error = valueOfSize(VALUE_LIMIT, "é");
      const retry = { type: "retry" as const, retryAt: 1 };
      const late = store.tasks.update(key, 0, {
        claim,
        ...retry,
        error: valueOfSize(VALUE_LIMIT + 1),
      });
      await rejects(late, tooLarge);
      matches(await store.tasks.update(key, 0, { claim, ...retry, error }), {
        ok: true,
      });
      const next = newClaim({ attempt: 2 });
      matches(await store.tasks.claim(key, 0, next), { ok: true });
      const result = valueOfSize(VALUE_LIMIT);
      const end = { type: "completed" as const, result };
      const finish = { type: "finish" as const, end };
      const tooMuch = { ...finish, end: { ...end, result: valueOfSize(VALUE_LIMIT + 1) } };
      await rejects(store.tasks.update(key, 0, { claim: next.claim, ...tooMuch }), tooLarge);
      matches(await store.tasks.update(key, 0, { claim: next.claim, ...finish }), {
        ok: true,
      });
      const absorbed = newEntry(1, {
        events: [
          {
            type: "step.completed",
            command: 0,
            step: "s".repeat(1_000),
            attempt: 2,
            shielded: false,
            result,
            startedAt: 1,
          },
        ],
      });
      deepEqual(await store.log.append(key, absorbed), { outcome: "appended" });
    },
  );

  clause("S19", "a run's id has a limit", async (store) => {
    const full = newHead({ runId: newHead().runId.padEnd(RUN_ID_LIMIT, "#") });
    deepEqual(await store.runs.create(full, 0), { created: true });
    deepEqual(await store.log.append(full, newEntry(1)), { outcome: "appended" });
    const over = store.runs.create(newHead({ runId: "é".repeat(RUN_ID_LIMIT / 2 + 1) }), 0);
    await rejects(over, { code: "input.invalid" });
  });

  clause("S20", "changing what was read or written changes nothing in the store", async (store) => {
    const head = newHead();
    const given = structuredClone(head);
    await store.runs.create(given, 0);
    given.tags.push("later");
    given.start.events.length = 0;
    const large = startOfSize(10_000);
    await store.runs.create(large, 0);
    const entry = newEntry(1);
    const givenEntry = structuredClone(entry);
    await store.log.append(head, givenEntry);
    givenEntry.events.length = 0;
    const cancellation = {
      requestedAt: 1,
      deadline: 2,
      cleanup: { steps: 1, finished: false, durationMs: 3 },
    };
    await store.runs.patch(head, { position: 0, change: { cancellation }, readDueAt: undefined });
    cancellation.cleanup.steps = 99;
    const { claim } = newClaim();
    const result = [{ a: 1 }, 5];
    await store.tasks.claim(head, 0, newClaim({ claim }));
    const finish = { type: "finish" as const, end: { type: "completed" as const, result } };
    const answer = await store.tasks.update(head, 0, { claim, ...finish });
    result.push(6);
    if (answer.task.end?.type === "completed") (answer.task.end.result as unknown[]).push(7);

    const readers = [
      () => store.runs.get(head.runId, 0),
      () => store.log.read(head, { from: 0 }),
      () => store.log.read(large, { from: 0 }),
      () => store.tasks.get(head, [0]),
      () => store.tasks.doneMarks(head),
      () => store.runs.create(newHead({ runId: head.runId }), 0),
      () => store.log.append(head, newEntry(1)),
      () => store.tasks.claim(head, 0, newClaim()),
      () => store.runs.patch(head, { position: -1, change: {}, readDueAt: undefined }),
      async () => (await store.runs.list({ tag: head.tags[0] }, { limit: 1000 })).runs,
    ];
    for (const read of readers) {
      const first = await read();
      const before = structuredClone(first);
      scramble(first);
      deepEqual(await read(), before);
    }
    deepEqual(await store.log.read(head, { from: 0 }), [head.start, entry]);
    matches(await store.runs.get(head.runId, 0), {
      tags: head.tags,
      cancellation: { cleanup: { steps: 1 } },
    });
    matches(await store.tasks.get(head, [0]), [{ end: { result: [{ a: 1 }, 5] } }]);
  });

  clause("S20", "fields that are undefined vanish", async (store) => {
    const head = newHead();
    const loose = { ...head, startedAt: undefined, problem: undefined } as unknown as StartedHead;
    await store.runs.create(loose, 0);
    lacks(await store.runs.get(head.runId, 0), "startedAt");
    await store.runs.patch(head, {
      position: 0,
      change: { status: undefined, dueAt: undefined } as never,
      readDueAt: undefined,
    });
    deepEqual(await store.runs.get(head.runId, 0), head);
    const events = [{ type: "workflow.terminated" as const, reason: undefined }];
    await store.log.append(head, newEntry(1, { events }));
    const [entry] = await store.log.read(head, { from: 1 });
    deepEqual(Object.keys(entry?.events[0] ?? {}), ["type"]);
  });
});

/** Changes everything in a value that can be changed. */
function scramble(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    scramble(each);
    Reflect.set(value, key, "scrambled");
  }
  if (Array.isArray(value)) value.push("scrambled");
}

/** The clauses on logs: S3 to S7. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { RunNotFoundError } from "../core/errors.ts";
import type { StartedHead } from "../ports/store.ts";
import { matches } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { entryOfSize, keyOf, newEntry, newHead, unique } from "./samples.ts";

/** The head of a run with this input, and a tag of its own. */
function startedWith(input: string): StartedHead {
  const head = newHead({ tags: [unique("tag")] });
  const [started] = head.start.events;
  if (started?.type !== "workflow.started") throw new Error("no start");
  return { ...head, start: { ...head.start, events: [{ ...started, input: [input] }] } };
}

export const logClauses = clausesOf("the log", (clause) => {
  clause("S3", "append writes an entry where none stands", async (store) => {
    const key = keyOf(newHead());
    const entry = newEntry(1, { at: 1234.5, events: [] });
    deepEqual(await store.log.append(key, entry), { outcome: "appended" });
    deepEqual(await store.log.read(key, { from: 1 }), [entry]);
  });

  clause("S3", "append answers the entry that stands there, and changes nothing", async (store) => {
    const key = keyOf(newHead());
    const entry = newEntry(1);
    await store.log.append(key, entry);
    const late = newEntry(1);
    deepEqual(await store.log.append(key, late), { outcome: "conflict", entry });
    deepEqual(await store.log.read(key, { from: 1 }), [entry]);
  });

  clause(
    "S3",
    "of many that append at one position at once, one does, and the others meet it",
    async (store) => {
      const key = keyOf(newHead());
      const entries = Array.from({ length: 20 }, () => newEntry(1));
      const answers = await Promise.all(entries.map((entry) => store.log.append(key, entry)));
      const winner = entries[answers.findIndex(({ outcome }) => outcome === "appended")];
      equal(answers.filter(({ outcome }) => outcome === "appended").length, 1);
      equal(answers.filter(({ outcome }) => outcome === "conflict").length, 19);
      for (const answer of answers) {
        if (answer.outcome === "conflict") deepEqual(answer.entry, winner);
      }
    },
  );

  clause("S3", "nothing is appended in the place of entry 0", async (store) => {
    const append = store.log.append(keyOf(newHead()), newEntry(0));
    await rejects(append, { code: "input.invalid" });
  });

  clause("S4", "append of an entry that is there with the same id is a success", async (store) => {
    const key = keyOf(newHead());
    const entry = newEntry(1);
    await store.log.append(key, entry);
    await store.log.append(key, newEntry(2));
    deepEqual(await store.log.append(key, entry), { outcome: "appended" });
    equal((await store.log.read(key, { from: 1 })).length, 2);
  });

  clause(
    "S4",
    "so is one with a head change, also once the run has ended, and whatever it would change",
    async (store) => {
      const head = newHead();
      await store.runs.create(head, 0);
      const entry = newEntry(1);
      const change = { status: "completed" as const, endedAt: 7, expiresAt: 9_000 };
      await store.log.append(head, entry, { change });
      deepEqual(await store.log.append(head, entry, { change }), { outcome: "appended" });
      deepEqual(await store.log.append(head, entry, { change: { ...change, endedAt: 8 } }), {
        outcome: "appended",
      });
      matches(await store.runs.get(head.runId, 0), {
        status: "completed",
        endedAt: 7,
      });
    },
  );

  clause("S5", "append with a head change writes both", async (store) => {
    const head = newHead();
    await store.runs.create(head, 0);
    const entry = newEntry(1);
    const cancellation = { requestedAt: 5, reason: "no longer needed" };
    const change = { status: "cancelling" as const, cancellation, dueAt: 77 };
    deepEqual(await store.log.append(head, entry, { change }), { outcome: "appended" });
    deepEqual(await store.runs.get(head.runId, 0), { ...head, ...change, position: 1 });
    deepEqual(await store.log.read(head, { from: 1 }), [entry]);
  });

  clause(
    "S5",
    "append with a head change that meets another entry leaves the head as it was",
    async (store) => {
      const head = newHead();
      await store.runs.create(head, 0);
      const entry = newEntry(1);
      await store.log.append(head, entry);
      const answer = await store.log.append(head, newEntry(1), { change: { status: "running" } });
      deepEqual(answer, { outcome: "conflict", entry });
      deepEqual(await store.runs.get(head.runId, 0), head);
    },
  );

  clause(
    "S5",
    "append with a head change to an ended run writes nothing and answers ended",
    async (store) => {
      const head = newHead();
      await store.runs.create(head, 0);
      await store.log.append(head, newEntry(1), {
        change: { status: "terminated", expiresAt: 9_000 },
      });
      const ended = await store.runs.get(head.runId, 0);
      const answer = await store.log.append(head, newEntry(2), { change: { status: "running" } });
      deepEqual(answer, { outcome: "ended", head: ended });
      deepEqual(await store.runs.get(head.runId, 0), ended);
      deepEqual(await store.log.read(head, { from: 2 }), []);
    },
  );

  clause("S5", "append with a head change needs the head of this very run", async (store) => {
    const head = newHead();
    await store.runs.create(head, 0);
    const older = { ...keyOf(head), incarnation: unique("older") };
    for (const key of [older, keyOf(newHead())]) {
      const append = store.log.append(key, newEntry(1), { change: { status: "running" } });
      await rejects(append, RunNotFoundError);
      deepEqual(await store.log.read(key, { from: 1 }), []);
    }
    deepEqual(await store.runs.get(head.runId, 0), head);
  });

  clause(
    "S6",
    "read answers the entries from a position on, in order, up to a limit",
    async (store) => {
      const head = newHead();
      await store.runs.create(head, 0);
      const entries = Array.from({ length: 12 }, (_, index) => newEntry(index + 1));
      for (const entry of entries) await store.log.append(head, entry);
      deepEqual(await store.log.read(head, { from: 1 }), entries);
      deepEqual(await store.log.read(head, { from: 9 }), entries.slice(8));
      deepEqual(await store.log.read(head, { from: 4, limit: 3 }), entries.slice(3, 6));
      deepEqual(await store.log.read(head, { from: 13 }), []);
    },
  );

  for (const [what, size] of [
    ["small", 10],
    ["large", 200_000],
  ] as const) {
    clause(
      "S6",
      `read from 0 begins with what the run was created with, be it ${what}`,
      async (store) => {
        const head = startedWith("x".repeat(size));
        const entries = [newEntry(1), newEntry(2)];
        deepEqual(await store.log.read(head, { from: 0 }), []);
        await store.runs.create(head, 0);
        deepEqual(await store.log.read(head, { from: 0 }), [head.start]);
        for (const entry of entries) await store.log.append(head, entry);
        deepEqual(await store.log.read(head, { from: 0 }), [head.start, ...entries]);
        deepEqual(await store.log.read(head, { from: 0, limit: 1 }), [head.start]);
        deepEqual(await store.log.read(head, { from: 0, limit: 2 }), [head.start, entries[0]]);
        deepEqual(await store.log.read(head, { from: 1 }), entries);
        deepEqual(await store.log.read({ ...head, incarnation: "other" }, { from: 0 }), []);
      },
    );
  }

  clause("S6", "a large start is in the log, and not in its head", async (store) => {
    const head = startedWith("x".repeat(200_000));
    deepEqual(await store.runs.create(head, 0), { created: true });
    const { start: _, ...rest } = head;
    deepEqual(await store.runs.get(head.runId, 0), rest);
    deepEqual(await store.runs.create(head, 0), { created: true });
    const other = { ...startedWith("y".repeat(200_000)), runId: head.runId };
    deepEqual(await store.runs.create(other, 0), { created: false, head: rest });
    matches(await store.runs.list({ tag: head.tags[0] }, { limit: 1 }), {
      runs: [rest],
    });
    deepEqual(await store.log.read(head, { from: 0 }), [head.start]);
    deepEqual(await store.log.read(other, { from: 0 }), []);
  });

  clause("S6", "read answers a log of 1000 entries", async (store) => {
    const key = keyOf(newHead());
    const entries = Array.from({ length: 1000 }, (_, index) => newEntry(index + 1));
    for (let from = 0; from < entries.length; from += 50) {
      await Promise.all(
        entries.slice(from, from + 50).map((entry) => store.log.append(key, entry)),
      );
    }
    deepEqual(await store.log.read(key, { from: 1 }), entries);
    deepEqual(await store.log.read(key, { from: 990, limit: 5 }), entries.slice(989, 994));
  });

  clause("S6", "read answers a log of several megabytes", async (store) => {
    const key = keyOf(newHead());
    const entries = Array.from({ length: 12 }, (_, index) => entryOfSize(index + 1, 300_000, "é"));
    for (const entry of entries) await store.log.append(key, entry);
    deepEqual(await store.log.read(key, { from: 1 }), entries);
    deepEqual(
      (await store.log.read(key, { from: 3, limit: 7 })).map(({ position }) => position),
      [3, 4, 5, 6, 7, 8, 9],
    );
  });

  clause(
    "S6",
    "read refuses a log with a gap rather than show less than happened",
    async (store) => {
      const key = keyOf(newHead());
      await store.log.append(key, newEntry(1));
      await store.log.append(key, newEntry(3));
      await rejects(store.log.read(key, { from: 1 }), {
        code: "store.damaged",
      });
      await rejects(store.log.read(key, { from: 2 }), {
        code: "store.damaged",
      });
      equal((await store.log.read(key, { from: 3 })).length, 1);
    },
  );

  clause("S7", "logs of runs with the same id and another incarnation never mix", async (store) => {
    const runId = unique("run");
    const keys = ["a", "b"].map((incarnation) => ({ runId, incarnation }));
    for (const key of keys) {
      for (const position of [1, 2]) {
        const id = `${key.incarnation}${position}`;
        deepEqual(await store.log.append(key, newEntry(position, { id })), {
          outcome: "appended",
        });
      }
      await store.tasks.claim(key, 0, { ...claim, claim: key.incarnation });
      await store.tasks.markDone(key, key.incarnation === "a" ? 1 : 2);
    }
    const ids = await Promise.all(
      keys.map(async (key) => (await store.log.read(key, { from: 1 })).map(({ id }) => id)),
    );
    deepEqual(ids, [
      ["a1", "a2"],
      ["b1", "b2"],
    ]);
    const claims = await Promise.all(keys.map((key) => store.tasks.get(key, [0])));
    deepEqual(
      claims.flat().map(({ claim }) => claim),
      ["a", "b"],
    );
    deepEqual(await Promise.all(keys.map((key) => store.tasks.doneMarks(key))), [[1], [2]]);
  });

  clause("S7", "nor do those of runs whose ids contain what keys are made of", async (store) => {
    const stem = unique("run");
    const keys = [
      { runId: stem, incarnation: "a#b" },
      { runId: `${stem}#a`, incarnation: "b" },
      { runId: `${stem}%23a`, incarnation: "b" },
      { runId: `${stem}#a#b`, incarnation: "ü\n" },
    ];
    for (const key of keys) {
      const head = newHead(key);
      deepEqual(await store.runs.create(head, 0), { created: true });
      deepEqual(await store.log.append(key, newEntry(1, { id: JSON.stringify(key) })), {
        outcome: "appended",
      });
    }
    for (const key of keys) {
      matches(await store.runs.get(key.runId, 0), key);
      matches(await store.log.read(key, { from: 1 }), [{ id: JSON.stringify(key) }]);
    }
  });
});

const claim = { claim: "", attempt: 1, lease: 5, startedAt: 1, now: 1, leaseEndedBefore: 0 };

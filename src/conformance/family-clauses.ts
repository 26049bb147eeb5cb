/** The clauses on families: S30 to S33. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { InvalidInputError } from "../core/errors.ts";
import { MOST_BIRTHS } from "../ports/limits.ts";
import type { EndMark, KeptMark, LeftMark, RunKey, StartedHead, Store } from "../ports/store.ts";
import { clausesOf } from "./clause.ts";
import { keyOf, newEntry, newHead, startWith } from "./samples.ts";

function newChild(parent: RunKey, command: number, fields: Partial<StartedHead> = {}): StartedHead {
  return newHead({ parent: { ...keyOf(parent), command, depth: 1 }, ...fields });
}

function newMark(command: number, fields: Partial<EndMark> = {}): EndMark {
  return { command, child: `child-${command}`, status: "completed", position: 3, ...fields };
}

function left(parent: RunKey, mark: EndMark): LeftMark {
  return { parent: keyOf(parent), mark, dueAt: -7_000 };
}

async function exists(store: Store, runId: string): Promise<boolean> {
  return (await store.runs.get(runId, 0)) !== undefined;
}

async function rowsOf(store: Store, { runId }: RunKey): Promise<unknown[]> {
  const due = await store.runs.listDue({ until: -1_000, limit: 1_000 });
  return due.flatMap((each) => (each.runId === runId ? [each.row] : []));
}

/** A run, and marks with it that two children have left. */
async function withMarks(store: Store): Promise<{ parent: StartedHead; marks: KeptMark[] }> {
  const parent = newHead();
  await store.runs.create(parent, 0);
  const marks = [
    newMark(12, { output: [{ done: 1 }, true] }),
    newMark(3, { status: "failed", error: [{ message: 1 }, "héé"], position: 7 }),
  ];
  for (const mark of marks) {
    await store.log.append(newHead(), newEntry(1), { endMark: left(parent, mark) });
  }
  const due = marks.map((mark) => ({ ...mark, dueAt: -7_000 }));
  return { parent, marks: due.sort((a, b) => a.command - b.command) };
}

export const familyClauses = clausesOf("families", (clause) => {
  clause("S30", "the runs that begin with an entry are there with it", async (store) => {
    const parent = newHead();
    await store.runs.create(parent, 0);
    const small = newChild(parent, 1);
    const large = newChild(parent, 2, { start: startWith(["x".repeat(5_000)]) });
    const answer = await store.log.append(parent, newEntry(1), { births: [small, large] });
    deepEqual(answer, { outcome: "appended" });
    deepEqual(await store.runs.get(small.runId, 0), small);
    const { start, ...rest } = large;
    deepEqual(await store.runs.get(large.runId, 0), rest);
    deepEqual(await store.log.read(large, { from: 0 }), [start]);
    const { runs } = await store.runs.list({ parent: parent.runId }, { limit: 10 });
    deepEqual(runs.map(({ runId }) => runId).sort(), [small.runId, large.runId].sort());
  });

  clause("S30", "none begins with an entry that is not appended", async (store) => {
    const parent = newHead();
    await store.runs.create(parent, 0);
    const standing = newEntry(1);
    await store.log.append(parent, standing);
    const child = newChild(parent, 1);
    deepEqual(await store.log.append(parent, newEntry(1), { births: [child] }), {
      outcome: "conflict",
      entry: standing,
    });
    equal(await exists(store, child.runId), false);
  });

  clause(
    "S30",
    "where others have ids of theirs, none begins, and nothing is written",
    async (store) => {
      const parent = newHead();
      await store.runs.create(parent, 0);
      const [first, second] = [newHead(), newHead()];
      await store.runs.create(first, 0);
      await store.runs.create(second, 0);
      const children = [
        newChild(parent, 1),
        newChild(parent, 2, { runId: first.runId }),
        newChild(parent, 3),
        newChild(parent, 4, { runId: second.runId }),
      ];
      const change = { status: "cancelling" as const };
      deepEqual(await store.log.append(parent, newEntry(1), { births: children, change }), {
        outcome: "taken",
        runIds: [first.runId, second.runId],
      });
      deepEqual(await store.log.read(parent, { from: 1 }), []);
      deepEqual(await store.runs.get(parent.runId, 0), parent);
      deepEqual(await store.runs.get(first.runId, 0), first);
      for (const { runId } of [children[0], children[2]].flatMap((each) => each ?? [])) {
        equal(await exists(store, runId), false);
      }
    },
  );

  clause("S30", "an id is free whose run is over with its retention", async (store) => {
    const parent = newHead();
    await store.runs.create(parent, 0);
    const old = newHead();
    await store.runs.create(old, 0);
    const change = { status: "completed" as const, endedAt: 2, expiresAt: 500 };
    await store.log.append(old, newEntry(1), { change });
    const child = newChild(parent, 1, { runId: old.runId });
    deepEqual(await store.log.append(parent, newEntry(1), { births: [child] }), {
      outcome: "appended",
    });
    deepEqual(await store.runs.get(child.runId, 600), child);
  });

  clause(
    "S30",
    "a birth that is made again is a success, and begins nothing anew",
    async (store) => {
      const parent = newHead();
      await store.runs.create(parent, 0);
      const entry = newEntry(1);
      const child = newChild(parent, 1);
      await store.log.append(parent, entry, { births: [child] });
      await store.log.append(child, newEntry(1), { change: { status: "cancelling" } });
      deepEqual(await store.log.append(parent, entry, { births: [child] }), {
        outcome: "appended",
      });
      equal((await store.runs.get(child.runId, 0))?.status, "cancelling");
    },
  );

  clause("S30", "so many begin with one entry, and no more", async (store) => {
    const parent = newHead();
    await store.runs.create(parent, 0);
    const births = Array.from({ length: MOST_BIRTHS }, (_, command) => newChild(parent, command));
    const change = { status: "cancelling" as const };
    const answer = await store.log.append(parent, newEntry(1), { births, change });
    deepEqual(answer, { outcome: "appended" });
    for (const { runId } of births) equal(await exists(store, runId), true);
    const more = [
      ...births.map(({ parent: _ }, command) => newChild(parent, command)),
      newChild(parent, 99),
    ];
    await rejects(store.log.append(parent, newEntry(2), { births: more }), InvalidInputError);
  });

  clause("S31", "an end mark is there with the entry, and is due", async (store) => {
    const parent = newHead();
    await store.runs.create(parent, 0);
    const child = newChild(parent, 4);
    await store.runs.create(child, 0);
    const mark = newMark(4, { child: child.runId, output: [1] });
    const change = { status: "completed" as const, endedAt: 7, expiresAt: 9_000 };
    const options = { change, endMark: left(parent, mark) };
    deepEqual(await store.log.append(child, newEntry(1), options), { outcome: "appended" });
    deepEqual(await store.children.endMarks(parent, 10), [{ ...mark, dueAt: -7_000 }]);
    const { incarnation } = parent;
    deepEqual(await rowsOf(store, parent), [{ incarnation, type: "mark", command: 4 }]);
    await store.log.clearRows(parent, [{ type: "mark", command: 4 }]);
    deepEqual(await rowsOf(store, parent), []);
    deepEqual(await store.children.endMarks(parent, 10), [mark]);
    await store.log.clearRows(parent, [{ type: "mark", command: 5 }]);
    deepEqual(await store.children.endMarks(parent, 10), [mark]);
  });

  clause(
    "S31",
    "none is left by an entry that is not appended, nor anew by one that is made again",
    async (store) => {
      const parent = newHead();
      const child = newHead();
      const entry = newEntry(1);
      const endMark = left(parent, newMark(1));
      await store.log.append(child, entry, { endMark });
      await store.children.clearEndMarks(parent, [1]);
      deepEqual(await store.log.append(child, entry, { endMark }), { outcome: "appended" });
      deepEqual(await store.log.append(child, newEntry(1), { endMark }), {
        outcome: "conflict",
        entry,
      });
      deepEqual(await store.children.endMarks(parent, 10), []);
      deepEqual(await rowsOf(store, parent), []);
    },
  );

  clause("S32", "marks are answered as they were left, by their commands", async (store) => {
    const { parent, marks } = await withMarks(store);
    deepEqual(await store.children.endMarks(parent, 10), marks);
    deepEqual(await store.children.endMarks(parent, 1), marks.slice(0, 1));
    const younger = { ...keyOf(parent), incarnation: "younger" };
    deepEqual(await store.children.endMarks(younger, 10), []);
    deepEqual(await store.log.read(parent, { from: 1 }), []);
    await store.children.clearEndMarks(parent, [3, 12]);
  });

  clause("S33", "clearEndMarks takes away what is named, and nothing else", async (store) => {
    const { parent, marks } = await withMarks(store);
    await store.children.clearEndMarks(parent, [3, 99]);
    deepEqual(await store.children.endMarks(parent, 10), marks.slice(1));
    const { incarnation } = parent;
    deepEqual(await rowsOf(store, parent), [{ incarnation, type: "mark", command: 12 }]);
    await store.children.clearEndMarks(parent, []);
    await store.children.clearEndMarks(parent, [12, 12]);
    deepEqual(await store.children.endMarks(parent, 10), []);
    deepEqual(await rowsOf(store, parent), []);
  });
});

import { describe, expect, it } from "vitest";
import { RunNotFoundError } from "../../src/core/errors.ts";
import type { StartedHead, Store } from "../../src/ports/store.ts";
import { entryOfSize, keyOf, newEntry, newHead, unique } from "./runs.ts";

/** The head of a run with this input, and a tag of its own. */
function startedWith(input: string): StartedHead {
  const head = newHead({ tags: [unique("tag")] });
  const [started] = head.start.events;
  if (started?.type !== "workflow.started") throw new Error("no start");
  return { ...head, start: { ...head.start, events: [{ ...started, input: [input] }] } };
}

export function describeLog(open: () => Store): void {
  describe("the run and its log", () => {
    it("S1. create writes a head that does not exist yet", async () => {
      const store = open();
      const head = newHead();
      expect(await store.runs.create(head, 0)).toEqual({ created: true });
      expect(await store.runs.get(head.runId, 0)).toEqual(head);
    });

    it("S1. create answers the head that stands there and changes nothing", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      const other = newHead({ runId: head.runId, workflow: "another" });
      expect(await store.runs.create(other, 0)).toEqual({ created: false, head });
      expect(await store.runs.get(head.runId, 0)).toEqual(head);
    });

    it("S1. create that is repeated, because its answer was lost, has created", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      await store.runs.patch(head, {
        position: 0,
        change: { status: "running" },
        readDueAt: undefined,
      });
      expect(await store.runs.create(head, 0)).toEqual({ created: true });
      expect(await store.runs.get(head.runId, 0)).toMatchObject({ status: "running" });
    });

    it("S1. create replaces a head whose retention is over, and nothing of it shows", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      await store.log.append(head, newEntry(1), {
        status: "failed",
        expiresAt: 100,
        problem: { code: "x", message: "y", at: 1, tries: 1 },
      });
      const next = newHead({ runId: head.runId });
      expect(await store.runs.create(next, 99)).toMatchObject({ created: false });
      expect(await store.runs.create(next, 100)).toEqual({ created: true });
      expect(await store.runs.get(head.runId, 100)).toEqual(next);
      expect(await store.log.read(next, { from: 1 })).toEqual([]);
    });

    it("S1. of many that create the same run at once, one does", async () => {
      const store = open();
      const runId = unique("run");
      const heads = Array.from({ length: 10 }, () => newHead({ runId }));
      const answers = await Promise.all(heads.map((head) => store.runs.create(head, 0)));
      const winner = heads[answers.findIndex(({ created }) => created)];
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      for (const answer of answers) if (!answer.created) expect(answer.head).toEqual(winner);
    });

    it("S2. get answers what was written last", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      for (let resends = 1; resends <= 5; resends++) {
        await store.runs.patch(head, { position: 0, change: { resends }, readDueAt: undefined });
        expect(await store.runs.get(head.runId, 0)).toMatchObject({ resends });
      }
      expect(await store.runs.get(unique("none"), 0)).toBeUndefined();
    });

    it("S2. a head whose retention is over reads as absent", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      await store.log.append(head, newEntry(1), { status: "completed", expiresAt: 5_000 });
      expect(await store.runs.get(head.runId, 4_999)).toMatchObject({ status: "completed" });
      expect(await store.runs.get(head.runId, 5_000)).toBeUndefined();
    });

    it("S3. append writes an entry where none stands", async () => {
      const store = open();
      const key = keyOf(newHead());
      const entry = newEntry(1, { at: 1234.5, events: [] });
      expect(await store.log.append(key, entry)).toEqual({ outcome: "appended" });
      expect(await store.log.read(key, { from: 1 })).toEqual([entry]);
    });

    it("S3. append answers the entry that stands there, and changes nothing", async () => {
      const store = open();
      const key = keyOf(newHead());
      const entry = newEntry(1);
      await store.log.append(key, entry);
      const late = newEntry(1);
      expect(await store.log.append(key, late)).toEqual({ outcome: "conflict", entry });
      expect(await store.log.read(key, { from: 1 })).toEqual([entry]);
    });

    it("S3. of many that append at one position at once, one does, and the others meet it", async () => {
      const store = open();
      const key = keyOf(newHead());
      const entries = Array.from({ length: 20 }, () => newEntry(1));
      const answers = await Promise.all(entries.map((entry) => store.log.append(key, entry)));
      const winner = entries[answers.findIndex(({ outcome }) => outcome === "appended")];
      expect(answers.filter(({ outcome }) => outcome === "appended")).toHaveLength(1);
      expect(answers.filter(({ outcome }) => outcome === "conflict")).toHaveLength(19);
      for (const answer of answers) {
        if (answer.outcome === "conflict") expect(answer.entry).toEqual(winner);
      }
    });

    it("S3. nothing is appended in the place of entry 0", async () => {
      const append = open().log.append(keyOf(newHead()), newEntry(0));
      await expect(append).rejects.toMatchObject({ code: "input.invalid" });
    });

    it("S4. append of an entry that is there with the same id is a success", async () => {
      const store = open();
      const key = keyOf(newHead());
      const entry = newEntry(1);
      await store.log.append(key, entry);
      await store.log.append(key, newEntry(2));
      expect(await store.log.append(key, entry)).toEqual({ outcome: "appended" });
      expect(await store.log.read(key, { from: 1 })).toHaveLength(2);
    });

    it("S4. so is one with a head change, also once the run has ended, and whatever it would change", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      const entry = newEntry(1);
      const change = { status: "completed" as const, endedAt: 7, expiresAt: 9_000 };
      await store.log.append(head, entry, change);
      expect(await store.log.append(head, entry, change)).toEqual({ outcome: "appended" });
      expect(await store.log.append(head, entry, { ...change, endedAt: 8 })).toEqual({
        outcome: "appended",
      });
      expect(await store.runs.get(head.runId, 0)).toMatchObject({
        status: "completed",
        endedAt: 7,
      });
    });

    it("S5. append with a head change writes both", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      const entry = newEntry(1);
      const cancellation = { requestedAt: 5, reason: "no longer needed" };
      const change = { status: "cancelling" as const, cancellation, dueAt: 77 };
      expect(await store.log.append(head, entry, change)).toEqual({ outcome: "appended" });
      expect(await store.runs.get(head.runId, 0)).toEqual({ ...head, ...change, position: 1 });
      expect(await store.log.read(head, { from: 1 })).toEqual([entry]);
    });

    it("S5. append with a head change that meets another entry leaves the head as it was", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      const entry = newEntry(1);
      await store.log.append(head, entry);
      const answer = await store.log.append(head, newEntry(1), { status: "running" });
      expect(answer).toEqual({ outcome: "conflict", entry });
      expect(await store.runs.get(head.runId, 0)).toEqual(head);
    });

    it("S5. append with a head change to an ended run writes nothing and answers ended", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      await store.log.append(head, newEntry(1), { status: "terminated", expiresAt: 9_000 });
      const ended = await store.runs.get(head.runId, 0);
      const answer = await store.log.append(head, newEntry(2), { status: "running" });
      expect(answer).toEqual({ outcome: "ended", head: ended });
      expect(await store.runs.get(head.runId, 0)).toEqual(ended);
      expect(await store.log.read(head, { from: 2 })).toEqual([]);
    });

    it("S5. append with a head change needs the head of this very run", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      const older = { ...keyOf(head), incarnation: unique("older") };
      for (const key of [older, keyOf(newHead())]) {
        const append = store.log.append(key, newEntry(1), { status: "running" });
        await expect(append).rejects.toBeInstanceOf(RunNotFoundError);
        expect(await store.log.read(key, { from: 1 })).toEqual([]);
      }
      expect(await store.runs.get(head.runId, 0)).toEqual(head);
    });

    it("S6. read answers the entries from a position on, in order, up to a limit", async () => {
      const store = open();
      const head = newHead();
      await store.runs.create(head, 0);
      const entries = Array.from({ length: 12 }, (_, index) => newEntry(index + 1));
      for (const entry of entries) await store.log.append(head, entry);
      expect(await store.log.read(head, { from: 1 })).toEqual(entries);
      expect(await store.log.read(head, { from: 9 })).toEqual(entries.slice(8));
      expect(await store.log.read(head, { from: 4, limit: 3 })).toEqual(entries.slice(3, 6));
      expect(await store.log.read(head, { from: 13 })).toEqual([]);
    });

    it.each([
      ["small", 10],
      ["large", 200_000],
    ])("S6. read from 0 begins with what the run was created with, be it %s", async (_, size) => {
      const store = open();
      const head = startedWith("x".repeat(size));
      const entries = [newEntry(1), newEntry(2)];
      expect(await store.log.read(head, { from: 0 })).toEqual([]);
      await store.runs.create(head, 0);
      expect(await store.log.read(head, { from: 0 })).toEqual([head.start]);
      for (const entry of entries) await store.log.append(head, entry);
      expect(await store.log.read(head, { from: 0 })).toEqual([head.start, ...entries]);
      expect(await store.log.read(head, { from: 0, limit: 1 })).toEqual([head.start]);
      expect(await store.log.read(head, { from: 0, limit: 2 })).toEqual([head.start, entries[0]]);
      expect(await store.log.read(head, { from: 1 })).toEqual(entries);
      expect(await store.log.read({ ...head, incarnation: "other" }, { from: 0 })).toEqual([]);
    });

    it("S6. a large start is in the log, and not in its head", async () => {
      const store = open();
      const head = startedWith("x".repeat(200_000));
      expect(await store.runs.create(head, 0)).toEqual({ created: true });
      const { start: _, ...rest } = head;
      expect(await store.runs.get(head.runId, 0)).toEqual(rest);
      expect(await store.runs.create(head, 0)).toEqual({ created: true });
      const other = { ...startedWith("y".repeat(200_000)), runId: head.runId };
      expect(await store.runs.create(other, 0)).toEqual({ created: false, head: rest });
      expect(await store.runs.list({ tag: head.tags[0] }, { limit: 1 })).toMatchObject({
        runs: [rest],
      });
      expect(await store.log.read(head, { from: 0 })).toEqual([head.start]);
      expect(await store.log.read(other, { from: 0 })).toEqual([]);
    });

    it("S6. read answers a log of 1000 entries", async () => {
      const store = open();
      const key = keyOf(newHead());
      const entries = Array.from({ length: 1000 }, (_, index) => newEntry(index + 1));
      for (let from = 0; from < entries.length; from += 50) {
        await Promise.all(
          entries.slice(from, from + 50).map((entry) => store.log.append(key, entry)),
        );
      }
      expect(await store.log.read(key, { from: 1 })).toEqual(entries);
      expect(await store.log.read(key, { from: 990, limit: 5 })).toEqual(entries.slice(989, 994));
    });

    it("S6. read answers a log of several megabytes", async () => {
      const store = open();
      const key = keyOf(newHead());
      const entries = Array.from({ length: 12 }, (_, index) =>
        entryOfSize(index + 1, 300_000, "é"),
      );
      for (const entry of entries) await store.log.append(key, entry);
      expect(await store.log.read(key, { from: 1 })).toEqual(entries);
      expect(
        (await store.log.read(key, { from: 3, limit: 7 })).map(({ position }) => position),
      ).toEqual([3, 4, 5, 6, 7, 8, 9]);
    });

    it("S6. read refuses a log with a gap rather than show less than happened", async () => {
      const store = open();
      const key = keyOf(newHead());
      await store.log.append(key, newEntry(1));
      await store.log.append(key, newEntry(3));
      await expect(store.log.read(key, { from: 1 })).rejects.toMatchObject({
        code: "store.damaged",
      });
      await expect(store.log.read(key, { from: 2 })).rejects.toMatchObject({
        code: "store.damaged",
      });
      expect(await store.log.read(key, { from: 3 })).toHaveLength(1);
    });

    it("S7. logs of runs with the same id and another incarnation never mix", async () => {
      const store = open();
      const runId = unique("run");
      const keys = ["a", "b"].map((incarnation) => ({ runId, incarnation }));
      for (const key of keys) {
        for (const position of [1, 2]) {
          const id = `${key.incarnation}${position}`;
          expect(await store.log.append(key, newEntry(position, { id }))).toEqual({
            outcome: "appended",
          });
        }
        await store.tasks.claim(key, 0, { ...claim, claim: key.incarnation });
        await store.tasks.markDone(key, key.incarnation === "a" ? 1 : 2);
      }
      const ids = await Promise.all(
        keys.map(async (key) => (await store.log.read(key, { from: 1 })).map(({ id }) => id)),
      );
      expect(ids).toEqual([
        ["a1", "a2"],
        ["b1", "b2"],
      ]);
      const claims = await Promise.all(keys.map((key) => store.tasks.get(key, [0])));
      expect(claims.flat().map(({ claim }) => claim)).toEqual(["a", "b"]);
      expect(await Promise.all(keys.map((key) => store.tasks.doneMarks(key)))).toEqual([[1], [2]]);
    });

    it("S7. nor do those of runs whose ids contain what keys are made of", async () => {
      const store = open();
      const stem = unique("run");
      const keys = [
        { runId: stem, incarnation: "a#b" },
        { runId: `${stem}#a`, incarnation: "b" },
        { runId: `${stem}%23a`, incarnation: "b" },
        { runId: `${stem}#a#b`, incarnation: "ü\n" },
      ];
      for (const key of keys) {
        const head = newHead(key);
        expect(await store.runs.create(head, 0)).toEqual({ created: true });
        expect(await store.log.append(key, newEntry(1, { id: JSON.stringify(key) }))).toEqual({
          outcome: "appended",
        });
      }
      for (const key of keys) {
        expect(await store.runs.get(key.runId, 0)).toMatchObject(key);
        expect(await store.log.read(key, { from: 1 })).toMatchObject([{ id: JSON.stringify(key) }]);
      }
    });
  });
}

const claim = { claim: "", attempt: 1, lease: 5, startedAt: 1, now: 1, leaseEndedBefore: 0 };

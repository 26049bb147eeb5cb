/** The clauses on runs: S1 and S2. */
import { deepEqual, equal } from "node:assert/strict";
import { matches } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { newEntry, newHead, unique } from "./samples.ts";

export const runClauses = clausesOf("the run", (clause) => {
  clause("S1", "create writes a head that does not exist yet", async (store) => {
    const head = newHead();
    deepEqual(await store.runs.create(head, 0), { created: true });
    deepEqual(await store.runs.get(head.runId, 0), head);
  });

  clause("S1", "create answers the head that stands there and changes nothing", async (store) => {
    const head = newHead();
    await store.runs.create(head, 0);
    const other = newHead({ runId: head.runId, workflow: "another" });
    deepEqual(await store.runs.create(other, 0), { created: false, head });
    deepEqual(await store.runs.get(head.runId, 0), head);
  });

  clause(
    "S1",
    "create that is repeated, because its answer was lost, has created",
    async (store) => {
      const head = newHead();
      await store.runs.create(head, 0);
      await store.runs.patch(head, {
        position: 0,
        change: { status: "running" },
        readDueAt: undefined,
      });
      deepEqual(await store.runs.create(head, 0), { created: true });
      matches(await store.runs.get(head.runId, 0), { status: "running" });
    },
  );

  clause(
    "S1",
    "create replaces a head whose retention is over, and nothing of it shows",
    async (store) => {
      const head = newHead();
      await store.runs.create(head, 0);
      await store.log.append(head, newEntry(1), {
        change: {
          status: "failed",
          expiresAt: 100,
          problem: { code: "x", message: "y", at: 1, tries: 1 },
        },
      });
      const next = newHead({ runId: head.runId });
      matches(await store.runs.create(next, 99), { created: false });
      deepEqual(await store.runs.create(next, 100), { created: true });
      deepEqual(await store.runs.get(head.runId, 100), next);
      deepEqual(await store.log.read(next, { from: 1 }), []);
    },
  );

  clause("S1", "of many that create the same run at once, one does", async (store) => {
    const runId = unique("run");
    const heads = Array.from({ length: 10 }, () => newHead({ runId }));
    const answers = await Promise.all(heads.map((head) => store.runs.create(head, 0)));
    const winner = heads[answers.findIndex(({ created }) => created)];
    equal(answers.filter(({ created }) => created).length, 1);
    for (const answer of answers) if (!answer.created) deepEqual(answer.head, winner);
  });

  clause("S2", "get answers what was written last", async (store) => {
    const head = newHead();
    await store.runs.create(head, 0);
    for (let resends = 1; resends <= 5; resends++) {
      await store.runs.patch(head, { position: 0, change: { resends }, readDueAt: undefined });
      matches(await store.runs.get(head.runId, 0), { resends });
    }
    equal(await store.runs.get(unique("none"), 0), undefined);
  });

  clause("S2", "a head whose retention is over reads as absent", async (store) => {
    const head = newHead();
    await store.runs.create(head, 0);
    await store.log.append(head, newEntry(1), {
      change: { status: "completed", expiresAt: 5_000 },
    });
    matches(await store.runs.get(head.runId, 4_999), { status: "completed" });
    equal(await store.runs.get(head.runId, 5_000), undefined);
  });
});

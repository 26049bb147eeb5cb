/** What is due (S17). */
import { deepEqual, equal, ok } from "node:assert/strict";
import { matches } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { end, idOf } from "./listed-runs.ts";
import { newHead, unique } from "./samples.ts";

export const dueClauses = clausesOf("lists", (clause) => {
  clause("S17", "listDue answers what is due, soonest first, up to a limit", async (store) => {
    // Before all other runs of this suite, so that these are the soonest.
    const heads = [-50, -90, -70, -60].map((dueAt) => newHead({ dueAt }));
    await Promise.all(heads.map((head) => store.runs.create(head, 0)));
    const [a, b, c, d] = heads.map(idOf);
    deepEqual(await store.runs.listDue({ until: -60, limit: 10 }), [
      { runId: b, dueAt: -90 },
      { runId: c, dueAt: -70 },
      { runId: d, dueAt: -60 },
    ]);
    matches(await store.runs.listDue({ until: 0, limit: 2 }), [{ runId: b }, { runId: c }]);
    ok(
      (await store.runs.listDue({ until: -50, limit: 100 }))
        .map(({ runId }) => runId)
        .includes(a ?? ""),
    );
    deepEqual(await store.runs.listDue({ until: -1_000, limit: 10 }), []);
  });

  clause(
    "S17",
    "listDue follows dueAt, and lets go of runs that have ended or have none",
    async (store) => {
      const moved = newHead({ runId: unique("due#%"), dueAt: -500 });
      const endedHead = newHead({ dueAt: -500 });
      const away = newHead({ dueAt: -500 });
      for (const head of [moved, endedHead, away]) await store.runs.create(head, 0);
      equal((await store.runs.listDue({ until: -400, limit: 10 })).length, 3);
      await store.runs.moveDue(moved, { from: -500, to: -450, resends: 1 });
      await end(store, endedHead, { status: "completed" });
      await store.runs.patch(away, { position: 0, change: { dueAt: null }, readDueAt: -500 });
      deepEqual(await store.runs.listDue({ until: -400, limit: 10 }), [
        { runId: moved.runId, dueAt: -450 },
      ]);
      await store.runs.patch(moved, { position: 0, change: { dueAt: null }, readDueAt: -450 });
    },
  );
});

/** The clause on retention (S21). */
import { deepEqual, equal } from "node:assert/strict";
import { clausesOf } from "./clause.ts";
import { newClaim, newEntry, newHead } from "./samples.ts";

export const retentionClauses = clausesOf("retention", (clause) => {
  clause("S21", "keep changes nothing that can be read, of a run or of none", async (store) => {
    const head = newHead();
    await store.runs.create(head, 0);
    for (const position of [1, 2, 3]) await store.log.append(head, newEntry(position));
    await store.tasks.claim(head, 0, newClaim());
    await store.tasks.markDone(head, 0);
    const read = async () => [
      await store.runs.get(head.runId, 0),
      await store.log.read(head, { from: 0 }),
      await store.tasks.get(head, [0]),
      await store.tasks.doneMarks(head),
    ];
    const before = await read();
    await store.log.keep(head);
    deepEqual(await read(), before);
    const none = newHead();
    await store.log.keep(none);
    deepEqual(await store.log.read(none, { from: 1 }), []);
    equal(await store.runs.get(none.runId, 0), undefined);
  });

  clause("S21", "a run that has not ended is kept, however old", async (store) => {
    const head = newHead();
    await store.runs.create(head, 0);
    deepEqual(await store.runs.get(head.runId, Number.MAX_SAFE_INTEGER), head);
  });
});

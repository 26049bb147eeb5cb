/** The clauses on tasks: S12 to S15. */
import { deepEqual, equal } from "node:assert/strict";
import type { TaskChange } from "../ports/store.ts";
import { lacks, matches } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { finish, newClaim, newKey, retry } from "./samples.ts";

/** What an update is called in the name of a case. */
function whatOf(update: TaskChange): string {
  return update.type === "finish" ? `finish as ${update.end.type}` : update.type;
}

export const taskClauses = clausesOf("tasks", (clause) => {
  clause(
    "S12",
    "what was left behind by an attempt is told until another one ends",
    async (store) => {
      const key = newKey();
      const left = { leftBehind: true as const };
      const first = newClaim();
      await store.tasks.claim(key, 0, first);
      const told = await store.tasks.update(key, 0, { claim: first.claim, ...retry, ...left });
      matches(told.task, left);
      matches(await store.tasks.get(key, [0]), [left]);
      const second = newClaim({ attempt: 2, now: 30_000, lease: 60_000 });
      await store.tasks.claim(key, 0, second);
      const again = await store.tasks.update(key, 0, { claim: second.claim, ...retry });
      lacks(again.task, "leftBehind");
      const third = newClaim({ attempt: 3, now: 30_000, lease: 60_000 });
      await store.tasks.claim(key, 0, third);
      const end = { type: "failed" as const, error: [5], ...left };
      await store.tasks.update(key, 0, { claim: third.claim, type: "finish", end });
      matches(await store.tasks.get(key, [0]), [{ end }]);
    },
  );

  clause(
    "S12",
    "update renews, retries and finishes for the claim that holds the task",
    async (store) => {
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim }));
      const base = { command: 0, attempt: 1, claim, startedAt: 10_000 };
      deepEqual(await store.tasks.update(key, 0, { claim, type: "renew", lease: 25_000 }), {
        ok: true,
        task: { ...base, lease: 25_000 },
      });
      deepEqual(await store.tasks.update(key, 0, { claim, ...retry }), {
        ok: true,
        task: { ...base, retryAt: 30_000, error: [{ message: 1 }, "héé"] },
      });
      const second = newClaim({ attempt: 2, now: 30_000 });
      await store.tasks.claim(key, 0, second);
      const { ok, task } = await store.tasks.update(key, 0, { claim: second.claim, ...finish(5) });
      equal(ok, true);
      matches(task, { attempt: 2, end: { type: "completed", result: [5] } });
      lacks(task, "error");
      deepEqual(await store.tasks.get(key, [0]), [task]);
    },
  );

  const updates: TaskChange[] = [
    { type: "renew", lease: 25_000 },
    retry,
    finish(1),
    { type: "finish", end: { type: "failed", error: [2] } },
    { type: "finish", end: { type: "cancelled", error: [3] } },
  ];
  for (const update of updates) {
    clause("S12", `repeating a written ${whatOf(update)} is a success`, async (store) => {
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim }));
      const first = await store.tasks.update(key, 0, { claim, ...update });
      matches(first, { ok: true });
      deepEqual(await store.tasks.update(key, 0, { claim, ...update }), first);
      deepEqual(await store.tasks.get(key, [0]), [first.task]);
    });
  }

  for (const update of updates) {
    clause("S12", `${whatOf(update)} is not for another claim`, async (store) => {
      const key = newKey();
      const { task } = await store.tasks.claim(key, 0, newClaim());
      deepEqual(await store.tasks.update(key, 0, { claim: "other", ...update }), {
        ok: false,
        task,
      });
      deepEqual(await store.tasks.update(key, 5, { claim: "other", ...update }), {
        ok: false,
        task: { command: 5, attempt: 0 },
      });
      deepEqual(await store.tasks.get(key, [0, 5]), [task]);
    });
  }

  for (const update of updates) {
    clause("S12", `${whatOf(update)} is not for a claim that was taken over`, async (store) => {
      const key = newKey();
      const first = newClaim();
      await store.tasks.claim(key, 0, first);
      const { task } = await store.tasks.claim(
        key,
        0,
        newClaim({ attempt: 2, leaseEndedBefore: 50_000 }),
      );
      deepEqual(await store.tasks.update(key, 0, { claim: first.claim, ...update }), {
        ok: false,
        task,
      });
    });
  }

  clause(
    "S12",
    "a claim whose lease ended still holds the task until another takes it",
    async (store) => {
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim, lease: 1 }));
      matches(await store.tasks.update(key, 0, { claim, ...finish(1) }), { ok: true });
    },
  );

  for (const update of updates) {
    clause("S12", `${whatOf(update)} changes nothing once the task is finished`, async (store) => {
      const key = newKey();
      const { claim } = newClaim();
      await store.tasks.claim(key, 0, newClaim({ claim }));
      const { task } = await store.tasks.update(key, 0, { claim, ...finish(42) });
      deepEqual(await store.tasks.update(key, 0, { claim, ...update }), { ok: false, task });
    });
  }

  clause("S12", "a claim that gave its attempt up may not finish it", async (store) => {
    const key = newKey();
    const { claim } = newClaim();
    await store.tasks.claim(key, 0, newClaim({ claim }));
    await store.tasks.update(key, 0, { claim, ...retry });
    for (const update of [finish(1), { type: "renew", lease: 99_000 } as const]) {
      matches(await store.tasks.update(key, 0, { claim, ...update }), { ok: false });
    }
  });

  clause("S13", "stop marks whatever is there, and lets a live attempt finish", async (store) => {
    const key = newKey();
    const { claim } = newClaim();
    await store.tasks.claim(key, 0, newClaim({ claim }));
    await store.tasks.stop(key, [0, 1, 1]);
    await store.tasks.stop(key, [1]);
    matches(await store.tasks.get(key, [0, 1]), [
      { command: 0, attempt: 1, claim, stop: true },
      { command: 1, attempt: 0, stop: true },
    ]);
    matches(await store.tasks.update(key, 0, { claim, ...finish(1) }), { ok: true });
  });

  clause("S13", "stop marks none, and 300", async (store) => {
    const key = newKey();
    await store.tasks.stop(key, []);
    const commands = Array.from({ length: 300 }, (_, command) => command);
    await store.tasks.stop(key, commands);
    const tasks = await store.tasks.get(key, commands);
    deepEqual(
      tasks,
      commands.map((command) => ({ command, attempt: 0, stop: true })),
    );
  });

  clause("S14", "tasks are told apart by all 53 bits of their numbers", async (store) => {
    const key = newKey();
    const numbers = [7, 2 ** 32 + 7, 2 ** 33 + 7, Number.MAX_SAFE_INTEGER];
    const [first = 0, second = 0, ...others] = numbers;
    await store.tasks.stop(key, [first]);
    matches(await store.tasks.claim(key, second, newClaim()), { ok: true });
    deepEqual(await store.tasks.get(key, others), []);
    await store.tasks.stop(key, others);
    const tasks = await store.tasks.get(key, numbers);
    deepEqual(
      tasks.map(({ command, stop = false }) => [command, stop]),
      numbers.map((number) => [number, number !== second]),
    );
  });

  clause(
    "S14",
    "tasks answers those that there are, in the order they were asked for",
    async (store) => {
      const key = newKey();
      await store.tasks.claim(key, 3, newClaim());
      await store.tasks.claim(key, 1, newClaim());
      const tasks = await store.tasks.get(key, [3, 2, 1, 3]);
      deepEqual(
        tasks.map(({ command }) => command),
        [3, 1],
      );
      deepEqual(await store.tasks.get(key, []), []);
    },
  );

  clause("S15", "done marks are a set", async (store) => {
    const key = newKey();
    deepEqual(await store.tasks.doneMarks(key), []);
    for (const command of [10, 2, 10, 0]) await store.tasks.markDone(key, command);
    deepEqual(await store.tasks.doneMarks(key), [0, 2, 10]);
  });

  clause("S15", "unmarking removes just what is named", async (store) => {
    const key = newKey();
    for (const command of [1, 2, 3]) await store.tasks.markDone(key, command);
    await store.tasks.unmarkDone(key, []);
    await store.tasks.unmarkDone(key, [2, 9, 2]);
    deepEqual(await store.tasks.doneMarks(key), [1, 3]);
    await store.tasks.unmarkDone(key, [1, 3]);
    deepEqual(await store.tasks.doneMarks(key), []);
    await store.tasks.unmarkDone(key, [1]);
    await store.tasks.markDone(key, 4);
    deepEqual(await store.tasks.doneMarks(key), [4]);
  });

  clause("S15", "unmarking what was never marked is harmless", async (store) => {
    const key = newKey();
    await store.tasks.unmarkDone(key, [1, 2]);
    deepEqual(await store.tasks.doneMarks(key), []);
  });

  clause("S15", "300 tasks mark themselves done at once", async (store) => {
    const key = newKey();
    const commands = Array.from({ length: 300 }, (_, command) => command);
    await Promise.all(commands.map((command) => store.tasks.markDone(key, command)));
    deepEqual(await store.tasks.doneMarks(key), commands);
  });
});

/** The clause on claims (S11). */
import { deepEqual, equal } from "node:assert/strict";
import { lacks, matches } from "./assertions.ts";
import { clausesOf } from "./clause.ts";
import { finish, newClaim, newKey, retry } from "./samples.ts";

export const claimClauses = clausesOf("claims", (clause) => {
  clause("S11", "claim claims a task that was never claimed, with any attempt", async (store) => {
    const key = newKey();
    const claim = newClaim({ attempt: 3 });
    const task = {
      command: 7,
      attempt: 3,
      claim: claim.claim,
      lease: claim.lease,
      startedAt: claim.startedAt,
    };
    deepEqual(await store.tasks.claim(key, 7, claim), { ok: true, task });
    deepEqual(await store.tasks.get(key, [7]), [task]);
  });

  clause(
    "S11",
    "of many that claim one attempt at once, one does, and the others see it",
    async (store) => {
      const key = newKey();
      const claims = Array.from({ length: 20 }, () => newClaim());
      const answers = await Promise.all(claims.map((claim) => store.tasks.claim(key, 0, claim)));
      equal(answers.filter(({ ok }) => ok).length, 1);
      const winner = claims[answers.findIndex(({ ok }) => ok)];
      for (const { task } of answers) equal(task.claim, winner?.claim);
    },
  );

  clause(
    "S11",
    "claim that is repeated, because its answer was lost, has claimed",
    async (store) => {
      const key = newKey();
      const claim = newClaim();
      const first = await store.tasks.claim(key, 0, claim);
      deepEqual(await store.tasks.claim(key, 0, claim), first);
      await store.tasks.stop(key, [0]);
      matches(await store.tasks.claim(key, 0, claim), {
        ok: true,
        task: { stop: true },
      });
      await store.tasks.update(key, 0, { claim: claim.claim, ...finish(1) });
      matches(await store.tasks.claim(key, 0, claim), { ok: false });
    },
  );

  clause("S11", "not while another claim's lease lasts", async (store) => {
    const key = newKey();
    const { task } = await store.tasks.claim(key, 0, newClaim({ lease: 20_000 }));
    const early = newClaim({ attempt: 2, leaseEndedBefore: 20_000 });
    deepEqual(await store.tasks.claim(key, 0, early), { ok: false, task });
    const late = newClaim({ attempt: 2, leaseEndedBefore: 20_001, lease: 40_000 });
    matches(await store.tasks.claim(key, 0, late), {
      ok: true,
      task: { attempt: 2, claim: late.claim, lease: 40_000 },
    });
  });

  clause("S11", "only for the attempt after the last", async (store) => {
    const key = newKey();
    await store.tasks.claim(key, 0, newClaim({ attempt: 1 }));
    for (const attempt of [1, 3]) {
      const claim = newClaim({ attempt, leaseEndedBefore: 99_000 });
      matches(await store.tasks.claim(key, 0, claim), { ok: false });
    }
  });

  clause("S11", "not before retryAt", async (store) => {
    const key = newKey();
    const first = newClaim();
    await store.tasks.claim(key, 0, first);
    await store.tasks.update(key, 0, { claim: first.claim, ...retry });
    matches(await store.tasks.claim(key, 0, newClaim({ attempt: 2, now: 29_999 })), {
      ok: false,
      task: { attempt: 1, retryAt: 30_000 },
    });
    matches(await store.tasks.claim(key, 0, first), { ok: false });
    const { ok, task } = await store.tasks.claim(key, 0, newClaim({ attempt: 2, now: 30_000 }));
    equal(ok, true);
    matches(task, { attempt: 2, error: [{ message: 1 }, "héé"] });
    lacks(task, "retryAt");
  });

  clause("S11", "not once finished", async (store) => {
    const key = newKey();
    const first = newClaim();
    await store.tasks.claim(key, 0, first);
    await store.tasks.update(key, 0, { claim: first.claim, ...finish(1) });
    const claim = newClaim({ attempt: 2, now: 99_000, leaseEndedBefore: 99_000 });
    matches(await store.tasks.claim(key, 0, claim), {
      ok: false,
      task: { end: { type: "completed", result: [1] } },
    });
  });

  clause("S11", "not once stopped, neither a first nor a later attempt", async (store) => {
    const key = newKey();
    await store.tasks.claim(key, 0, newClaim());
    await store.tasks.stop(key, [0, 1]);
    const later = newClaim({ attempt: 2, now: 99_000, leaseEndedBefore: 99_000 });
    matches(await store.tasks.claim(key, 0, later), {
      ok: false,
      task: { attempt: 1 },
    });
    deepEqual(await store.tasks.claim(key, 1, newClaim()), {
      ok: false,
      task: { command: 1, attempt: 0, stop: true },
    });
  });
});

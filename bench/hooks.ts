/** What a hook costs: to be made, and to be handed its payload. */
import { hook, sleep, step, workflow } from "../src/index.ts";
import { total } from "./meter.ts";
import type { Piece, Taken } from "./pieces.ts";
import type { Rig } from "./rig.ts";

const HOOKS = 20;
/** A claim and a completion. */
const UNITS_OF_STEP = 2;

const tick = step("tick", async (count: number) => count);

/** Makes steps, and before each a hook if it is asked to. None is over when that is measured. */
const making = workflow("making", async (withHooks: boolean) => {
  for (let count = 0; count < HOOKS; count++) {
    if (withHooks) void hook("payload");
    await tick(count);
  }
  await sleep("1h");
});

/** Makes a step with each payload. */
const taking = workflow("taking", async () => {
  for (let count = 0; count < HOOKS; count++) {
    await hook("payload");
    await tick(count);
  }
});

export const HOOK_WORKFLOWS = [making, taking] as const;

export const HOOK_PIECES: readonly Piece[] = [
  {
    name: "hook-created",
    title: "a hook is made, beside the entry that it rides in",
    atMost: 0,
    async measure(rig) {
      const without = await makeHooks(rig, false);
      const taken = await makeHooks(rig, true);
      return { ...taken, beside: total(without.counts).write };
    },
  },
  {
    name: "hook-delivered",
    title: "a hook is handed its payload, until its run rests again",
    atMost: 6,
    async measure(rig) {
      const { runId } = await rig.engine.start(taking.name);
      await rig.atRest();
      rig.meter.take();
      const start = performance.now();
      // The last payload ends the run, which costs what any end does.
      const times = HOOKS - 1;
      for (let count = 0; count < times; count++) {
        const [open] = await rig.engine.hooks(runId);
        await rig.engine.resumeHook(open?.token ?? "", { approved: true });
        await rig.atRest();
      }
      const ms = performance.now() - start;
      const counts = rig.meter.take();
      await rig.engine.terminate(runId);
      return { times, ms, counts, beside: times * UNITS_OF_STEP };
    },
  },
];

async function makeHooks(rig: Rig, withHooks: boolean): Promise<Taken> {
  rig.meter.take();
  const start = performance.now();
  const { runId } = await rig.engine.start(making.name, withHooks);
  await rig.atRest();
  const ms = performance.now() - start;
  const counts = rig.meter.take();
  const hooks = await rig.engine.hooks(runId);
  if (hooks.length !== (withHooks ? HOOKS : 0)) throw new Error(`${hooks.length} hooks are open.`);
  await rig.engine.terminate(runId);
  return { times: HOOKS, ms, counts, beside: 0 };
}

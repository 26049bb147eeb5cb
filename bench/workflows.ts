/** The workflows that are measured. Their steps do nothing, so that all there is is overhead. */
import { EventEmitter } from "node:events";
import { isCancellation, shield, sleep, step, workflow } from "../src/index.ts";

/** Tells, in this process, when a looping run has made its `third` step. */
export const beats = new EventEmitter();

const tick = step("tick", async (count: number) => count);
const beat = step("beat", async (count: number) => {
  if (count === 3) beats.emit("third");
});
const release = step("release", async () => {});

export const sequential = workflow("sequential", async (steps: number) => {
  let last = 0;
  for (let count = 1; count <= steps; count++) last = await tick(count);
  return last;
});

export const parallel = workflow("parallel", async (steps: number) => {
  const counts = Array.from({ length: steps }, (_, index) => index + 1);
  const results = await Promise.all(counts.map((count) => tick(count)));
  return results.length;
});

/** Works in short steps until it is cancelled. */
export const looping = workflow("looping", async () => {
  try {
    for (let count = 1; ; count++) await beat(count);
  } catch (error) {
    if (isCancellation(error)) await shield(() => release());
    throw error;
  }
});

/** Sleeps until it is cancelled. */
export const sleeping = workflow("sleeping", async () => {
  try {
    await sleep("1h");
  } catch (error) {
    if (isCancellation(error)) await shield(() => release());
    throw error;
  }
});

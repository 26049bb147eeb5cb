/** The workflows that are measured. Their steps do nothing, so that all there is is overhead. */
import { isCancellation, shield, sleep, step, workflow } from "../src/index.ts";

const tick = step("tick", async (count: number) => count);
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
    for (let count = 1; ; count++) await tick(count);
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

import type { VirtualClock } from "../../src/testing/virtual-clock.ts";

/** What comes of something that pauses on a clock which only moves when it is told to. */
export async function whileTimePasses<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let over = false;
  const watched = work.finally(() => {
    over = true;
  });
  watched.catch(() => {});
  // However busy the machine is: it may come to its pause only later.
  while (!over) await clock.advance("1s");
  return await watched;
}

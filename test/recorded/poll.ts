/** Receives in every way there is; its log was recorded once, and has to be replayed for ever. */
import {
  channel,
  isCancellation,
  shield,
  sleep,
  step,
  TimeoutError,
  workflow,
} from "../../src/index.ts";

export const votes = channel<number>("votes");
export const last = channel<string>("last");

const count = step("count", async (n: number) => n);

export const poll = workflow(
  "poll",
  async () => {
    const heard: unknown[] = [await votes.receive()];
    await sleep("1m");
    for await (const vote of votes) {
      heard.push(await count(vote));
      if (heard.length === 4) break;
    }
    heard.push(...(await Promise.all([votes.receive(), last.receive()])));
    const late = await votes.receive({ timeout: "1m" }).catch((error: unknown) => {
      if (error instanceof TimeoutError) return "none";
      throw error;
    });
    heard.push(late);
    try {
      await votes.receive();
    } catch (error) {
      if (!isCancellation(error)) throw error;
      heard.push(await shield(() => last.receive()));
    }
    return heard;
  },
  { channels: [votes, last] },
);

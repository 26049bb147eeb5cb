/** Those who send messages to a run: each until he is told what became of his. */
import { DetentError } from "../../src/index.ts";
import type { Post } from "../simulation/channel-node.ts";
import type { Posting } from "../simulation/posters.ts";
import { mailsOf } from "../simulation/program.ts";
import type { Ask, Program } from "./program.ts";

const FINAL: ReadonlySet<string> = new Set(["input.invalid", "run.ended"]);

export class Posters {
  readonly #moment: () => number;
  readonly postings: Posting[] = [];
  readonly asks: Ask[];

  constructor({ code }: Program, { moment }: { moment: () => number }) {
    this.#moment = moment;
    const posts = mailsOf(code).flatMap((mail) => [...mail.posts]);
    this.asks = posts.map((post, index) => this.#asking(post, index));
  }

  /** What was told, and what of it came before what. */
  get state(): string {
    const moments = this.postings.flatMap(({ began, answers }) => [
      began,
      ...answers.map(({ moment }) => moment),
    ]);
    const order = [...new Set(moments)].sort((a, b) => a - b);
    return JSON.stringify(this.postings, (name, value) =>
      name === "began" || name === "moment" ? order.indexOf(value) : value,
    );
  }

  #asking({ channel, payload, messageId }: Post, index: number): Ask {
    const posting: Posting = {
      channel,
      payload: `${payload} ${channel} ${index}`,
      isGood: payload === "good",
      messageId,
      tries: 0,
      began: Number.POSITIVE_INFINITY,
      answers: [],
    };
    this.postings.push(posting);
    return {
      what: `send ${index}`,
      ask: async (engine, { runId = "" }) => {
        posting.began = Math.min(posting.began, this.#moment());
        posting.tries += 1;
        const answered = (told: string): string => {
          posting.answers.push({ told, moment: this.#moment() });
          return told;
        };
        try {
          const how = { messageId };
          const { duplicate } = await engine.send(runId, channel as string, posting.payload, how);
          return answered(duplicate ? "duplicate" : "sent");
        } catch (error) {
          if (!(error instanceof DetentError) || !FINAL.has(error.code)) throw error;
          return answered(error.code);
        }
      },
    };
  }
}

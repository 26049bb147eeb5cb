/**
 * Those who send messages to the main run. Each has a message of his own, and sends it until he is told
 * what became of it. When all are done somebody sees to it that nothing is waited for in vain.
 */
import { DetentError } from "../../src/core/errors.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Callers } from "./callers.ts";
import type { Role } from "./cast.ts";
import type { ChannelName, Post } from "./channel-node.ts";
import { mailsOf } from "./program.ts";
import { isHindering } from "./variety.ts";
import type { World } from "./world.ts";

/** What one of them sent, and what he was told. */
export interface Posting {
  channel: ChannelName;
  payload: string;
  isGood: boolean;
  messageId: string | undefined;
  tries: number;
  /** When it was sent for the first time. */
  began: number;
  /** `sent`, `duplicate`, or the code of the error; and when. */
  answers: { told: string; moment: number }[];
}

/** How often somebody looks whether a message is waited for in vain. */
const LOOK_EVERY_MS = 2000;

const FINAL = new Set(["input.invalid", "run.ended"]);

export class Posters {
  readonly postings: Posting[] = [];
  readonly #world: World;
  readonly #callers: Callers;
  readonly #role: Role;
  readonly #posts: readonly Post[];
  readonly #hindrances: ReadonlySet<string>;
  #open = 0;
  #more = 0;

  constructor(
    world: World,
    callers: Callers,
    {
      main,
      deployment,
    }: { main: Role; deployment: { what: Parameters<typeof isHindering>[0] } | undefined },
  ) {
    this.#world = world;
    this.#callers = callers;
    this.#role = main;
    this.#posts = mailsOf(main.program).flatMap(({ posts }) => posts);
    const isHindered = deployment !== undefined && isHindering(deployment.what);
    this.#hindrances = new Set(isHindered ? ["workflow.notFound"] : []);
  }

  /** Whether each has been told what became of his message. */
  get areDone(): boolean {
    return this.#open === 0;
  }

  begin(): void {
    if (mailsOf(this.#role.program).length === 0) return;
    for (const [index, post] of this.#posts.entries()) {
      this.#open += 1;
      this.#world.after(post.afterMs, () => this.#take(post, `${index}`));
    }
    this.#lookLater();
  }

  /** What is still waited for when all was sent is sent by somebody. */
  #lookLater(): void {
    this.#world.after(LOOK_EVERY_MS, () => {
      const { witness } = this.#role;
      if (witness.ended) return;
      this.#lookLater();
      if (!this.areDone) return;
      for (const channel of witness.receives.waited) {
        this.#open += 1;
        const messageId = `more ${this.#more}`;
        const post = { afterMs: 0, channel: channel as ChannelName, messageId, repeats: false };
        this.#take({ ...post, payload: "good", againAfterMs: 1000 }, `more ${this.#more++}`);
      }
    });
  }

  #take(post: Post, name: string): void {
    const { channel, payload, messageId } = post;
    const posting: Posting = {
      channel,
      payload: `${payload} ${channel} ${name}`,
      isGood: payload === "good",
      messageId,
      tries: 0,
      began: Number.POSITIVE_INFINITY,
      answers: [],
    };
    this.postings.push(posting);
    this.#send(post, posting);
  }

  #send(post: Post, posting: Posting): void {
    if (posting.answers.length > (post.repeats ? 1 : 0)) return;
    const { runId, witness } = this.#role;
    this.#world.after(post.againAfterMs, () => this.#send(post, posting));
    // Nobody can send to a run that is not there yet.
    if (runId === undefined || !witness.begun) return;
    if (posting.tries === 0) posting.began = this.#world.moment;
    posting.tries += 1;
    void this.#callers.serve("send", async (engine, process) => {
      const { payload } = posting;
      this.#world.note(() => `${process.name} is sent "${payload}"`);
      const told = await this.#outcomeOf(engine, runId, posting);
      if (told === undefined) return;
      this.#world.note(() => `${process.name} answers "${payload}" with ${told}`);
      if (posting.answers.length === 0) this.#open -= 1;
      posting.answers.push({ told, moment: this.#world.moment });
    });
  }

  /** @returns nothing where he has to send again. */
  async #outcomeOf(
    engine: Engine,
    runId: string,
    { channel, payload, messageId }: Posting,
  ): Promise<string | undefined> {
    try {
      const { duplicate } = await engine.send(runId, channel as string, payload, { messageId });
      return duplicate ? "duplicate" : "sent";
    } catch (error) {
      if (!(error instanceof DetentError)) throw error;
      if (FINAL.has(error.code)) return error.code;
      if (this.#hindrances.has(error.code)) return undefined;
      throw error;
    }
  }
}

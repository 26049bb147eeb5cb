/** Those who answer the hooks of a run: each asks until he is told what became of his payload. */
import { addressIn } from "../../src/engine/replay/hook-token.ts";
import { DetentError } from "../../src/index.ts";
import { hooksOf } from "../simulation/program.ts";
import { isFinal, type Sending, sendingOf } from "../simulation/sending.ts";
import type { Ask, Program } from "./program.ts";

export class Senders {
  readonly #program: Program;
  readonly #moment: () => number;
  readonly #known = new Set<string>();
  readonly sendings: Sending[] = [];

  constructor(program: Program, { moment }: { moment: () => number }) {
    this.#program = program;
    this.#moment = moment;
  }

  /** What is asked from here on, as somebody has the token of a hook. */
  learn(name: string, token: string): Ask[] {
    const node = hooksOf(this.#program.code).find((each) => each.name === name);
    const { command } = addressIn(token) ?? {};
    if (!node || command === undefined || this.#known.has(token)) return [];
    this.#known.add(token);
    return node.senders.map((sender, index) => {
      const sending = sendingOf(node, { command, index, sender });
      this.sendings.push(sending);
      return { what: `resume ${name} (${index})`, ask: this.#send(token, sending) };
    });
  }

  get state(): string {
    const told = this.sendings.map(({ payload, tries, answers }) => [
      payload,
      tries,
      answers.map((answer) => [answer.told, answer.reason]),
    ]);
    return JSON.stringify(told.sort());
  }

  #send(token: string, sending: Sending): Ask["ask"] {
    return async (engine) => {
      sending.tries += 1;
      const { payload, deliveryId } = sending;
      const answered = (told: string, reason?: string): string => {
        sending.answers.push({ told, reason, moment: this.#moment() });
        return told;
      };
      try {
        await engine.resumeHook(token, payload, { deliveryId });
        return answered("taken");
      } catch (error) {
        if (!(error instanceof DetentError) || !isFinal(error)) throw error;
        return answered(error.code, Reflect.get(error, "reason"));
      }
    };
  }
}

/**
 * Those who answer the hooks of a run. Each has a payload of his own, and asks until he is told what
 * became of it: nobody is left without an answer.
 */
import { DetentError } from "../../src/core/errors.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { addressIn } from "../../src/engine/replay/hook-token.ts";
import type { Callers } from "./callers.ts";
import type { Role } from "./cast.ts";
import type { HookNode, Sender } from "./hook-node.ts";
import { hooksOf } from "./program.ts";
import { isFinal, type Sending, sendingOf } from "./sending.ts";
import { isHindering } from "./variety.ts";
import type { World } from "./world.ts";

/** How often somebody looks for hooks that nobody was told of. */
const LOOK_EVERY_MS = 700;

export class Senders {
  readonly sendings: Sending[] = [];
  readonly #world: World;
  readonly #callers: Callers;
  readonly #role: Role;
  readonly #hooks: ReadonlyMap<string, HookNode>;
  /** Errors of a deployment that cannot replay the run. */
  readonly #hindrances: ReadonlySet<string>;
  readonly #known = new Set<string>();
  #open = 0;

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
    this.#hooks = new Map(hooksOf(main.program).map((node) => [node.name, node]));
    const isHindered = deployment !== undefined && isHindering(deployment.what);
    this.#hindrances = new Set(
      isHindered ? ["workflow.nonDeterministic", "workflow.notFound"] : [],
    );
  }

  begin(): void {
    if ([...this.#hooks.values()].some(({ given }) => given === "list")) this.#lookLater();
  }

  /** Whether each has been told what became of his payload. */
  get areDone(): boolean {
    return this.#open === 0;
  }

  /** Somebody has the token of a hook. */
  learn(name: string, token: string): void {
    const node = this.#hooks.get(name);
    const { command } = addressIn(token) ?? {};
    if (!node || command === undefined || this.#known.has(token)) return;
    this.#known.add(token);
    for (const [index, sender] of node.senders.entries()) {
      const sending = sendingOf(node, { command, index, sender });
      this.sendings.push(sending);
      this.#open += 1;
      this.#world.after(sender.afterMs, () => this.#send(token, { sender, sending }));
    }
  }

  #lookLater(): void {
    this.#world.after(LOOK_EVERY_MS, () => {
      if (this.#role.witness.ended) return;
      this.#lookLater();
      const { runId } = this.#role;
      if (runId === undefined) return;
      void this.#callers.serve("hooks", async (engine) => {
        for (const { hook, token } of await engine.hooks(runId)) {
          if (this.#hooks.get(hook)?.given === "list") this.learn(hook, token);
        }
      });
    });
  }

  #send(token: string, { sender, sending }: { sender: Sender; sending: Sending }): void {
    if (sending.answers.length > (sender.repeats ? 1 : 0)) return;
    sending.tries += 1;
    const again = (): void => this.#send(token, { sender, sending });
    this.#world.after(sender.againAfterMs, again);
    void this.#callers.serve("resumeHook", async (engine, process) => {
      const { hook, payload, command } = sending;
      this.#world.note(
        () => `${process.name} is handed "${payload}" for hook ${hook} (${command})`,
      );
      const told = await this.#outcomeOf(engine, token, sending);
      if (told === undefined) return;
      this.#world.note(() => `${process.name} answers "${payload}" with ${told.told}`);
      if (sending.answers.length === 0) this.#open -= 1;
      sending.answers.push({ ...told, moment: this.#world.moment });
    });
  }

  /** @returns nothing where he has to ask again. */
  async #outcomeOf(
    engine: Engine,
    token: string,
    { payload, deliveryId, isEarly }: Sending,
  ): Promise<{ told: string; reason: string | undefined } | undefined> {
    try {
      await engine.resumeHook(token, payload, { deliveryId });
      return { told: "taken", reason: undefined };
    } catch (error) {
      if (!(error instanceof DetentError)) throw error;
      const reason = Reflect.get(error, "reason");
      if (isFinal(error)) return { told: error.code, reason };
      if (this.#hindrances.has(error.code)) return undefined;
      if (isEarly && error.code === "hook.notFound") return undefined;
      throw error;
    }
  }
}

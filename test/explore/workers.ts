/** The processes that explore, each for itself. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { endWithThisProcess } from "../../infra/local-process.ts";
import type { Explored } from "./explore-program.ts";
import type { Order, Told } from "./worker.ts";

export class ExploringProcess {
  readonly #child: ChildProcess;
  readonly #dismiss: () => void;

  /** @param root the project whose engine is explored. */
  constructor(root: string) {
    this.#child = fork(join(root, "test/explore/worker.ts"), {
      cwd: root,
      // Most of what a schedule makes is gone after it.
      execArgv: ["--import", "tsx", "--max-semi-space-size=64"],
    });
    const { pid } = this.#child;
    this.#dismiss = pid === undefined ? () => {} : endWithThisProcess(pid);
  }

  /** @throws Error when it cannot be explored. */
  explore(order: Order): Promise<Explored> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const lost = (code: number | null): void =>
        reject(new Error(`The process that explores ${order.program} ended with ${code}.`));
      child.once("exit", lost);
      child.once("message", (told: Told) => {
        child.off("exit", lost);
        if ("explored" in told) resolve(told.explored);
        else reject(new Error(`${order.program}: ${told.failed}`));
      });
      child.send(order);
    });
  }

  end(): void {
    this.#child.kill();
    this.#dismiss();
  }
}

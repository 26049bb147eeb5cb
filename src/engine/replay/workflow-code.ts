import { runInScope, type Scope, type WorkflowHost } from "../../authoring/scope.ts";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import type { Ending } from "../../core/outcome.ts";
import { callUserCode } from "../../core/user-stack.ts";
import { decode, type Encoded } from "../../core/value.ts";
import { endingOf, type Finish } from "./ending.ts";

/** A workflow's function, as it is called once, and how it ended. */
export class WorkflowCode {
  readonly #workflow: AnyWorkflow;
  readonly #host: WorkflowHost;
  /** Where the code stands outside of its shields. */
  readonly #scope: Scope;
  readonly #onEnd: () => void;
  #finish: Finish | undefined;
  #ending: Promise<Ending> | undefined;

  /** @param onEnd is called right when it ends. */
  constructor(workflow: AnyWorkflow, host: WorkflowHost, onEnd: () => void) {
    this.#workflow = workflow;
    this.#host = host;
    this.#scope = { kind: "workflow", host, shielded: false, cleanup: false };
    this.#onEnd = onEnd;
  }

  get hasEnded(): boolean {
    return this.#finish !== undefined;
  }

  start(input: Encoded): void {
    const value = decode(input) as never;
    // Async, so that code which throws at once ends like code which throws later.
    const running = this.inScope(() => callUserCode(this.#workflow.run, [value]));
    running.then(
      (returned) => this.#end({ type: "returned", value: returned }),
      (error: unknown) => this.#end({ type: "threw", error }),
    );
  }

  /** Calls what belongs to the code. */
  inScope<T>(call: () => T): T {
    return runInScope(this.#scope, call);
  }

  /** How its run ends, once the function has ended. */
  async ending(): Promise<Ending | undefined> {
    if (this.#finish) this.#ending ??= endingOf(this.#workflow, this.#host, this.#finish);
    return await this.#ending;
  }

  #end(finish: Finish): void {
    this.#onEnd();
    this.#finish = finish;
  }
}

/** How code is fed its log, and what it hears of its cancellation. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const file = "src/engine/replay/workflow-cancellation.ts";
const execution = "src/engine/replay/execution.ts";
const divergence = ["test/engine/non-determinism.test.ts"];

export const replaying: Mutant[] = mutantsOf(
  "replay",
  { killers: ["test/engine/shield.test.ts", "test/engine/cancel-steps.test.ts"], file },
  [
    {
      id: "heard-at-request",
      rule: "the code hears nothing at the request",
      search: "return this.#delivered ? this.#request : undefined;",
      replace: "return this.#request;",
      killers: ["test/engine/context.test.ts"],
    },
    {
      id: "signal",
      rule: "the signal of a workflow fires at the delivery",
      search: "this.#abort.abort(this.#error());",
      replace: "",
      killers: ["test/engine/context.test.ts", "test/engine/check-cancellation.test.ts"],
    },
    {
      id: "checks-wait",
      rule: "a check that follows the request waits for the delivery, and is rejected by it",
      search: "for (const { reject } of checks) reject(this.#error());",
      replace: "",
      killers: ["test/engine/check-cancellation.test.ts"],
    },
    {
      id: "checks-pass",
      rule: "nothing of the code passes a check between the request and the delivery",
      search: "if (!this.#request) return Promise.resolve();",
      replace: "if (!this.#delivered) return Promise.resolve();",
      killers: ["test/engine/check-cancellation.test.ts"],
    },
    {
      id: "rejects-on",
      rule: "from the delivery on every unshielded checkpoint rejects",
      file: execution,
      search: "return this.#cancellation.isDelivered && !shielded;",
      replace: "return false && shielded;",
    },
    {
      id: "rejects-shielded",
      rule: "what is shielded goes on after the delivery",
      file: execution,
      search: "return this.#cancellation.isDelivered && !shielded;",
      replace: "return this.#cancellation.isDelivered;",
    },
    {
      id: "rejects-waiting",
      rule: "what is shielded and waits is not rejected by the delivery",
      file: "src/engine/replay/waiting-commands.ts",
      search: "if (pending.shielded) continue;",
      replace: "",
      killers: ["test/engine/shielded-branches.test.ts", "test/engine/shield.test.ts"],
    },
    {
      id: "cause",
      rule: "a cancellation has the failure of its step as its cause",
      file: "src/engine/replay/waiting-commands.ts",
      search: 'if (role.does === "cancels") waiting.cause = role.cause?.(event) ?? waiting.cause;',
      replace: "",
      killers: ["test/engine/cancel-steps.test.ts"],
    },
    {
      id: "contradiction",
      rule: "code that asks for another thing than its log says is told so",
      file: execution,
      search: "if (contradiction) return this.#window.fail(contradiction);",
      replace: "",
      killers: divergence,
    },
    {
      id: "shields-counted",
      rule: "a run knows how many shields are open",
      file: execution,
      search: "this.#shields += 1;",
      replace: "",
      killers: ["test/engine/shield.test.ts"],
    },
  ],
);

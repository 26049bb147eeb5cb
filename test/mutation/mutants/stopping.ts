/** What keeps unshielded steps from starting after a request, and steps from starting after the end. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const killers = ["test/engine/stopped-tasks.test.ts", "test/engine/cancel-steps.test.ts"];

export const stopping: Mutant[] = mutantsOf("stop", { killers }, [
  {
    id: "unclaimed-only",
    rule: "cancel stops every open unshielded task, not only those that nobody has claimed",
    file: "src/engine/commit/commit.ts",
    search: "await tasks.stop([...state.open.unshielded.tasks()]);",
    replace: `const open = [...state.open.unshielded.tasks()];
  const items = await tasks.get(open);
  await tasks.stop(open.filter(({ command }) => !items.some((item) => item.command === command && item.claim)));`,
  },
  {
    id: "none-at-cancel",
    rule: "cancel stops the open unshielded tasks before it answers",
    file: "src/engine/stopping/stop-run.ts",
    search: "await stopUnshielded(session);",
    replace: "",
  },
  {
    id: "second-cancel",
    rule: "a cancel that finds a request in force does its duties again",
    file: "src/engine/stopping/stop-run.ts",
    search: "if (!state.ended) await pursue(session);",
    replace: "if (!state.ended && events.length > 0) await pursue(session);",
  },
  {
    id: "turn",
    rule: "a turn that finds a request stops the open unshielded tasks",
    file: "src/engine/turn/collect-tasks.ts",
    search: "await session.tasks.stop(open.filter((step) => !isFree(state, step)));",
    replace: "",
  },
  {
    id: "task-delivery",
    rule: "a delivery of a task that knows of a request stops it instead of claiming it",
    file: "src/engine/turn/claim-task.ts",
    search: "if (!isFree(state, scheduled)) await tasks.stop([scheduled]);",
    replace: "",
  },
  {
    id: "at-deadline",
    rule: "a turn that asks its own run to stop, at maxDuration, stops its tasks",
    file: "src/engine/turn/follow-up.ts",
    search: "await stopUnshielded(session);",
    replace: "",
    killers: [...killers, "test/engine/max-duration.test.ts"],
  },
  {
    id: "before-end",
    rule: "every open task is stopped before the entry that ends its run",
    file: "src/engine/commit/commit.ts",
    search: "if (ends) await session.tasks.stop(session.state.open.tasks());",
    replace: "",
    killers: [...killers, "test/engine/terminate.test.ts"],
  },
  {
    id: "before-end-shielded",
    rule: "shielded tasks are stopped before the end as well",
    file: "src/engine/commit/commit.ts",
    search: "if (ends) await session.tasks.stop(session.state.open.tasks());",
    replace: "if (ends) await session.tasks.stop([...session.state.open.unshielded.tasks()]);",
    killers: [...killers, "test/engine/terminate.test.ts"],
  },
  {
    id: "runnable-after-request",
    rule: "nothing unshielded is free to start once a request is in the log (invariant 1)",
    file: "src/core/run-state.ts",
    search: "return cancellation !== undefined || pause !== undefined;",
    replace: "return cancellation?.delivered !== undefined || pause !== undefined;",
    killers: ["test/core/decide-cancellation.test.ts"],
  },
  {
    id: "shielded-held",
    rule: "what is shielded goes on after a request",
    file: "src/core/situation.ts",
    search: "return shielded || !isHeldBack(state);",
    replace: "return !isHeldBack(state);",
    killers: ["test/core/decide-cancellation.test.ts", "test/engine/shield.test.ts"],
  },
  {
    id: "retry-after-request",
    rule: "a step that fails after a request is not tried again",
    file: "src/core/settle.ts",
    search: 'if (isStopping(state, open)) return [{ type: "step.cancelled", ...failure }];',
    replace: "",
    killers: ["test/core/settle.test.ts", "test/engine/cancel-steps.test.ts"],
  },
  {
    id: "cancelled-is-failed",
    rule: "a step that ends in a failure after a request is cancelled, not failed",
    file: "src/core/settle.ts",
    search: 'const type = isStopping(state, open) ? "step.cancelled" : "step.failed";',
    replace: 'const type: "step.cancelled" | "step.failed" = "step.failed";',
    killers: ["test/core/settle.test.ts"],
  },
  {
    id: "memory-stop",
    rule: "a claim is refused while its task carries `stop`",
    file: "src/adapters/memory/task-changes.ts",
    search: "!task.stop &&",
    replace: "",
    killers: ["test/conformance/memory.test.ts"],
  },
  {
    id: "dynamo-stop",
    rule: "a claim is refused while its task carries `stop`",
    file: "src/adapters/dynamodb/tasks.ts",
    search: "attribute_not_exists(#stop) AND attribute_not_exists(#end)",
    replace: "attribute_not_exists(#end)",
    killers: ["test/conformance/dynamodb.test.ts"],
  },
]);

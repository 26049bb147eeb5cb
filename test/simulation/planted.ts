/** Faults planted between the engines and the world: each is one that the simulator has to see. */
import type { Scheduler } from "../../src/ports/scheduler.ts";
import type { LogStore, RunStore, Store, TaskStore } from "../../src/ports/store.ts";
import type { Planted } from "./simulation.ts";

export interface PlantedFault {
  fault: string;
  planted: Planted;
  /** What is then told of a run. */
  seen: RegExp;
}

export const FAULTS: readonly PlantedFault[] = [
  {
    fault: "no margin is kept for clocks",
    planted: { skewMs: 0 },
    seen: /(taken over|given up|left alone) \d+ ms before its lease is over/,
  },
  {
    fault: "claims are written with less of a lease than their engine believes",
    planted: { store: withShortLeases },
    seen: /begins \d+ ms after its lease|beside attempt|taken over/,
  },
  {
    fault: "one message in four is never sent",
    planted: { scheduler: withoutSome },
    seen: /nobody was left to bring the run on/,
  },
  {
    fault: "tasks are not stopped",
    planted: { store: withoutStops },
    seen: /claimed by a turn that knew of the request/,
  },
  {
    fault: "the runs of a world share their tasks",
    planted: { store: withSharedTasks },
    seen: /./,
  },
  {
    fault: "what only one can be the first to do, each is told to have done",
    planted: { store: withManyFirsts },
    seen: /./,
  },
  {
    fault: "rows are not cleared",
    planted: { store: withRowsForEver },
    seen: /rows are left/,
  },
  {
    fault: "the second payload of a hook is taken as well",
    planted: { store: withSecondPayloads },
    seen: /was told taken/,
  },
];

function withShortLeases(store: Store): Store {
  const claim: TaskStore["claim"] = (key, command, wanted) => {
    const lease = wanted.now + (wanted.lease - wanted.now) / 4;
    return store.tasks.claim(key, command, { ...wanted, lease });
  };
  return { ...store, tasks: { ...store.tasks, claim } };
}

function withoutSome(scheduler: Scheduler): Scheduler {
  let sent = 0;
  return {
    ...scheduler,
    send: (messages) => scheduler.send(messages.filter(() => ++sent % 4 !== 0)),
  };
}

function withoutStops(store: Store): Store {
  return { ...store, tasks: { ...store.tasks, stop: async () => {} } };
}

function withSharedTasks(store: Store): Store {
  const shared = { runId: "shared", incarnation: "shared" };
  return {
    ...store,
    tasks: {
      ...store.tasks,
      get: (_key, commands) => store.tasks.get(shared, commands),
      stop: (_key, commands) => store.tasks.stop(shared, commands),
    },
  };
}

function withManyFirsts(store: Store): Store {
  const create: RunStore["create"] = async (head, now) => {
    await store.runs.create(head, now);
    return { created: true };
  };
  return { ...store, runs: { ...store.runs, create } };
}

function withRowsForEver(store: Store): Store {
  return { ...store, log: { ...store.log, clearRows: async () => {} } };
}

/** Who loses the tail with a payload is told that it was appended. */
function withSecondPayloads(store: Store): Store {
  const append: LogStore["append"] = async (key, entry, options) => {
    const answer = await store.log.append(key, entry, options);
    const isPayload = entry.events[0]?.type === "hook.received";
    return isPayload && answer.outcome === "conflict" ? { outcome: "appended" } : answer;
  };
  return { ...store, log: { ...store.log, append } };
}

/** Faults planted between the engines and the world: each is one that the simulator has to see. */
import type { Observer } from "../../src/ports/observer.ts";
import type { Scheduler } from "../../src/ports/scheduler.ts";
import type { LogStore, RunHead, RunStore, Store, TaskStore } from "../../src/ports/store.ts";
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
    fault: "of several messages that are sent at once only the first is kept",
    planted: { scheduler: withFirstsAlone },
    seen: /nobody was left to bring the run on/,
  },
  {
    fault: "the index of what is due is never up to date",
    planted: { store: withoutDue },
    seen: /the run does not end/,
  },
  {
    fault: "lists leave out whoever was started first",
    planted: { store: withoutOldest },
    seen: /a list missed the run/,
  },
  {
    fault: "those who cancel all are shown no run that goes on",
    planted: { store: withEndedAlone },
    seen: /cancelAll did not reach the run/,
  },
  {
    fault: "who waits reads the head of a run as it was at first",
    planted: { store: withFirstHeads },
    seen: /who waited was told/,
  },
  {
    fault: "observers are told twice of an end",
    planted: { observer: withRepeatedEnds },
    seen: /observers heard twice of run.ended/,
  },
  {
    fault: "observers are not told of a delivery",
    planted: { observer: withoutDeliveries },
    seen: /observers were not told of cancellation.delivered/,
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

function withFirstsAlone(scheduler: Scheduler): Scheduler {
  return { ...scheduler, send: (messages) => scheduler.send(messages.slice(0, 1)) };
}

function withoutDue(store: Store): Store {
  return { ...store, runs: { ...store.runs, listDue: async () => [] } };
}

function withoutOldest(store: Store): Store {
  const list: RunStore["list"] = async (filter, page) => {
    const { cursor, runs } = await store.runs.list(filter, page);
    return cursor === undefined ? { runs: runs.slice(0, -1) } : { cursor, runs };
  };
  return { ...store, runs: { ...store.runs, list } };
}

function withEndedAlone(store: Store): Store {
  const list: RunStore["list"] = async (filter, page) =>
    filter.ended === false ? { runs: [] } : await store.runs.list(filter, page);
  return { ...store, runs: { ...store.runs, list } };
}

/** Of what others have written since, nothing is read. */
function withFirstHeads(store: Store): Store {
  const first = new Map<string, RunHead>();
  const get: RunStore["get"] = async (runId, now) => {
    const head = first.get(runId) ?? (await store.runs.get(runId, now));
    if (head) first.set(runId, head);
    return head;
  };
  return { ...store, runs: { ...store.runs, get } };
}

function withRepeatedEnds(observer: Observer): Observer {
  return {
    notify(observation) {
      observer.notify?.(observation);
      if (observation.type === "run.ended") observer.notify?.(observation);
    },
  };
}

function withoutDeliveries(observer: Observer): Observer {
  return {
    notify(observation) {
      if (observation.type !== "cancellation.delivered") observer.notify?.(observation);
    },
  };
}

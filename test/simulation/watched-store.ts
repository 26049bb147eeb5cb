import type { Entry } from "../../src/core/events.ts";
import { commandOfTask } from "../../src/core/task.ts";
import { aroundStore } from "../../src/ports/store/around.ts";
import type { AppendAnswer, RunHead, Store } from "../../src/ports/store.ts";
import type { Process } from "./process.ts";
import { currentTurn, inTurn } from "./turns.ts";
import type { Witness } from "./witness.ts";

/** Who sees what is done to which run. */
export interface Witnesses {
  of(runId: string): Witness;
  sawCreate(head: RunHead): void;
  /** Of a child. */
  sawBirth(head: RunHead): void;
}

/** The store as one process reaches it, with witnesses beside it. */
export function watchedStore(store: Store, process: Process, witnesses: Witnesses): Store {
  const watched: Store = {
    ...store,
    runs: {
      ...store.runs,
      create: async (head, now) => {
        const answer = await store.runs.create(head, now);
        if (answer.created) witnesses.sawCreate(head);
        return answer;
      },
    },
    log: {
      ...store.log,
      append: async (key, entry, options) => {
        const answer = await store.log.append(key, entry, options);
        if (answer.outcome === "appended") {
          for (const birth of options?.births ?? []) witnesses.sawBirth(birth);
        }
        const witness = witnesses.of(key.runId);
        const { written } = witness;
        witness.sawAppend(process, entry, answer);
        witness.rows.sawAppend(entry, answer, options);
        const { endMark } = options ?? {};
        // One that is made again leaves no mark anew.
        if (endMark && witness.written > written) {
          witnesses.of(endMark.parent.runId).rows.sawMark(endMark.mark.command);
        }
        return answer;
      },
      clearRows: async (key, rows) => {
        await store.log.clearRows(key, rows);
        witnesses.of(key.runId).rows.sawClear(rows);
      },
    },
    children: {
      ...store.children,
      clearEndMarks: async (parent, commands) => {
        await store.children.clearEndMarks(parent, commands);
        const rows = commands.map((command) => ({ type: "mark" as const, command }));
        witnesses.of(parent.runId).rows.sawClear(rows);
      },
    },
    tasks: {
      ...store.tasks,
      claim: async (key, task, wanted) => {
        const answer = await store.tasks.claim(key, task, wanted);
        const command = commandOfTask(task);
        witnesses.of(key.runId).sawClaim(process, { command, wanted, answer });
        return answer;
      },
      update: async (key, task, update) => {
        const answer = await store.tasks.update(key, task, update);
        const command = commandOfTask(task);
        witnesses.of(key.runId).sawUpdate(process, { command, update, answer });
        return answer;
      },
    },
  };
  return aroundStore(watched, ({ name, args, make }) => {
    const turn = currentTurn();
    const shownArgs = { shown: () => shown(args) };
    const answer = process.call(`store.${name}`, () => inTurn(turn, make), shownArgs);
    learn(name, args, answer, (runId) => void witnesses.of(runId).heardBy.add(process));
    return answer;
  });
}

/** Whoever has the answer to a call knows what it says: that a run was asked to stop. */
function learn(
  name: string,
  [key, entry]: readonly unknown[],
  answer: Promise<unknown>,
  heard: (runId: string) => void,
): void {
  if (name !== "log.read" && name !== "log.append") return;
  const { runId } = key as { runId: string };
  const tells = (given: unknown): boolean =>
    isEntry(given) && given.events.some(({ type }) => type === "cancellation.requested");
  const read = (given: unknown): void => {
    const entries = Array.isArray(given) ? given : [entryIn(given as AppendAnswer, entry)];
    if (entries.some(tells)) heard(runId);
  };
  answer.then(read, () => {});
}

/** The entry that stands where one was to be appended. */
function entryIn(answer: AppendAnswer, appended: unknown): unknown {
  if (answer.outcome === "appended") return appended;
  return answer.outcome === "conflict" ? answer.entry : undefined;
}

/** The arguments of a call, as a trace shows them. */
function shown([, ...args]: readonly unknown[]): string {
  return args
    .map((each) => (isEntry(each) ? shownEntry(each) : JSON.stringify(each, leaveOutValues)))
    .join(" ");
}

function leaveOutValues(name: string, value: unknown): unknown {
  return ["closing", "error", "result", "expiresAt"].includes(name) ? undefined : value;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && "events" in value;
}

export function shownEntry({ position, events }: Entry): string {
  const words = events.map((event) => {
    const command = "command" in event && event.command !== undefined ? ` ${event.command}` : "";
    const step = "step" in event ? ` ${event.step}#${event.attempt}` : "";
    const shielded = "shielded" in event && event.shielded ? " shielded" : "";
    return `${event.type}${command}${step}${shielded}`;
  });
  return `${position}: ${words.join(", ")}`;
}

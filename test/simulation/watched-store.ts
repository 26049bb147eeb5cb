import type { Entry } from "../../src/core/events.ts";
import { aroundStore } from "../../src/ports/store/around.ts";
import type { Store } from "../../src/ports/store.ts";
import type { Process } from "./process.ts";
import type { Witness } from "./witness.ts";

/** The store as one process reaches it, with a witness beside it. */
export function watchedStore(store: Store, process: Process, witness: Witness): Store {
  const watched: Store = {
    ...store,
    log: {
      ...store.log,
      append: async (key, entry, change) => {
        const answer = await store.log.append(key, entry, change);
        witness.sawAppend(process, entry, answer);
        return answer;
      },
    },
    tasks: {
      ...store.tasks,
      claim: async (key, command, claim) => {
        const answer = await store.tasks.claim(key, command, claim);
        witness.sawClaim(process, command, claim, answer);
        return answer;
      },
      update: async (key, command, update) => {
        const answer = await store.tasks.update(key, command, update);
        witness.sawUpdate(command, update, answer);
        return answer;
      },
    },
  };
  return aroundStore(watched, ({ name, args, make }) =>
    process.call(`store.${name}`, make, () => shown(args)),
  );
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

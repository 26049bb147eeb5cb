import type { Entry } from "../../src/core/events.ts";
import type { Store } from "../../src/ports/store.ts";
import type { Process } from "./process.ts";
import type { Witness } from "./witness.ts";

/** The store as one process reaches it, with a witness beside it. */
export function watchedStore(store: Store, process: Process, witness: Witness): Store {
  const watched: Store = {
    ...store,
    append: async (key, entry, change) => {
      const answer = await store.append(key, entry, change);
      witness.sawAppend(process, entry, answer);
      return answer;
    },
    claimTask: async (key, command, claim) => {
      const answer = await store.claimTask(key, command, claim);
      witness.sawClaim(process, command, claim, answer);
      return answer;
    },
    updateTask: async (key, command, claim, update) => {
      const answer = await store.updateTask(key, command, claim, update);
      witness.sawUpdate(command, update, answer);
      return answer;
    },
  };
  return new Proxy(watched, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) =>
        process.call(
          `store.${String(name)}`,
          () => Reflect.apply(member, target, args) as Promise<unknown>,
          () => shown(args),
        );
    },
  });
}

/** The arguments of a call, as a trace shows them. */
function shown([, ...args]: unknown[]): string {
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

/** The clauses on children: S32 and S33. */
import { asEndMark } from "../../ports/shapes.ts";
import type { ChildStore } from "../../ports/store.ts";
import { copy } from "./copy.ts";
import type { Partitions } from "./partition.ts";

export function createChildren(partitions: Partitions): ChildStore {
  return {
    async endMarks(parent, limit) {
      return [...partitions.of(parent).ends.values()]
        .map(({ mark, dueAt }) =>
          asEndMark(copy({ ...mark, dueAt }), `The end mark of a child of run "${parent.runId}"`),
        )
        .sort((a, b) => a.command - b.command)
        .slice(0, limit);
    },

    async clearEndMarks(parent, commands) {
      const { ends } = partitions.of(parent);
      for (const command of commands) ends.delete(command);
    },
  };
}

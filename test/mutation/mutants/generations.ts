/** How a run goes on as new, and what its next log has of the one before. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const at = (name: string): string => `test/engine/generations/${name}.test.ts`;

export const generations: Mutant[] = [
  ...mutantsOf("generation", { file: "src/core/decide/ending.ts", killers: [at("children")] }, [
    {
      id: "too-many-children",
      rule: "a log is not exchanged that has more living children than it can tell of",
      search: "if (living.length === limit) return undefined;",
      replace: "if (living.length >= limit) return undefined;",
    },
    {
      id: "children-first",
      rule: "living children come first of what the entry that ends a log tells of",
      search: "[...carried(state), ...uncarried(state)]",
      replace: "[...uncarried(state), ...carried(state)]",
      killers: ["test/core/decide-ending.test.ts"],
    },
  ]),
  ...mutantsOf("generation", { file: "src/core/decide/generation.ts", killers: [at("steering")] }, [
    {
      id: "held-back",
      rule: "a log is not exchanged once its run was asked to stop, nor while it is paused",
      search: "|| !isFree(state, asked)",
      replace: "",
    },
    {
      id: "shields",
      rule: "a log is not exchanged while a shield is open",
      search: "if (outcome.openShields > 0) return undefined;",
      replace: "",
    },
  ]),
  ...mutantsOf("generation", { file: "src/core/fold.ts", killers: [at("steering")] }, [
    {
      id: "begun",
      rule: "the code of a later generation may clean up before it has begun",
      search: "...(event.generation !== undefined && { begun: { at: start.at, position: 0 } }),",
      replace: "",
    },
  ]),
  ...mutantsOf("generation", { file: "src/engine/commit/next-log.ts", killers: [at("carried")] }, [
    {
      id: "began",
      rule: "the time that a run may take counts from its first generation on",
      search: "began: beganAt(state),",
      replace: "began: at,",
    },
    {
      id: "remembered",
      rule: "the ids of messages are remembered for one generation more",
      search: "...chunks(messages, EVENTS_PER_ENTRY - 1), ...remembered",
      replace: "...chunks(messages, EVENTS_PER_ENTRY - 1)",
    },
    {
      id: "due",
      rule: "a run whose log was exchanged is due soon, or its lost message is not made up for",
      search: "...(!isDueSoon && { dueAt: soon }),",
      replace: "dueAt: null,",
    },
  ]),
];

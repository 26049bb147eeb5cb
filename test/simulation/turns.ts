/** Which turn a call to the outside belongs to, and what its process knew when it began. */
import { AsyncLocalStorage } from "node:async_hooks";

export interface TurnAtWork {
  runId: string;
  /** Whether its process had heard by then that the run was asked to stop. */
  knew: boolean;
}

const turns = new AsyncLocalStorage<TurnAtWork | undefined>();

export function currentTurn(): TurnAtWork | undefined {
  return turns.getStore();
}

export function inTurn<T>(turn: TurnAtWork | undefined, work: () => T): T {
  return turns.run(turn, work);
}

/** What a store must do, as one case each: it throws when a store does not do it. */
import type { Store } from "../ports/store.ts";

export interface StoreClause {
  /** Its number in the port's contract, as `S3`. Several cases may try one clause. */
  readonly clause: string;
  /** What the contract calls the part that the clause is in. */
  readonly section: string;
  readonly name: string;
  /**
   * Tries a store, which may hold other runs, but must not be used by others meanwhile.
   * @throws AssertionError, or what the store throws.
   */
  run(store: Store): Promise<void>;
}

type Define = (clause: string, name: string, run: (store: Store) => Promise<void>) => void;

export function clausesOf(section: string, define: (clause: Define) => void): StoreClause[] {
  const clauses: StoreClause[] = [];
  define((clause, name, run) => clauses.push({ clause, section, name, run }));
  return clauses;
}

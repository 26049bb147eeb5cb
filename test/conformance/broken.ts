import type { Store } from "../../src/ports/store.ts";

/** A store that breaks a clause. */
export interface Broken {
  clause: string;
  /** What this store does. */
  does: string;
  wrap(store: Store): Store;
}

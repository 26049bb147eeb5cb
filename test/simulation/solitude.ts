/**
 * Whether a run is ever left by everybody: no message of it anywhere, nobody at work, nobody who asks
 * for it. Then only the sweep could bring it on. That may come of something that went wrong; of
 * nothing it must not come, also where a sweep would heal it unseen.
 */
import type { Role } from "./cast.ts";
import type { Counts } from "./queue.ts";

interface Surroundings {
  roles: readonly Role[];
  countsOf(runId: string): Counts;
  isAnybodyBusy(): boolean;
  now(): number;
  /** How often something went wrong so far. */
  suffered(): number;
}

export class Solitude {
  readonly #around: Surroundings;
  /** The runs that are left alone and how long their logs were, and what had gone wrong when one was last. */
  readonly #alone = new Map<Role, number>();
  readonly #explained = new Map<Role, number>();
  /** What had gone wrong before the event in which the log of a run went on last. */
  readonly #written = new Map<Role, number>();
  #before = 0;

  constructor(around: Surroundings) {
    this.#around = around;
    for (const role of around.roles) this.#follow(role);
  }

  #follow(role: Role): void {
    role.witness.once("entry", () => {
      this.#written.set(role, this.#before);
      this.#follow(role);
    });
  }

  look(): void {
    this.#before = this.#around.suffered();
    if (this.#around.isAnybodyBusy()) return;
    for (const role of this.#around.roles) this.#lookAt(role);
  }

  #lookAt(role: Role): void {
    const { runId, witness } = role;
    if (runId === undefined || !witness.begun || witness.ended) return;
    if (this.#around.countsOf(runId).waiting > 0) {
      // Something brought it on; a message of the sweep that finds a dead process's lease does not yet.
      const since = this.#alone.get(role);
      if (since === undefined || witness.written === since) return;
      this.#alone.delete(role);
      // What went wrong with it or since, such as the death of who wrote it, may leave the run alone again.
      this.#explained.set(role, this.#written.get(role) ?? 0);
      return;
    }
    // One that is paused waits for somebody to resume it.
    if (witness.pauses.isPaused) return;
    if (this.#alone.has(role) || witness.asleepUntil > this.#around.now()) return;
    // Somebody outside is asked, who brings it on whenever he likes.
    if (witness.hooks.areOpen || witness.receives.areOpen) return;
    // Its children bring it on.
    if (
      this.#around.roles.some(
        (other) => witness.children.has(other.runId ?? "") && !other.witness.ended,
      )
    )
      return;
    this.#alone.set(role, witness.written);
    if (this.#around.suffered() > (this.#explained.get(role) ?? 0)) return;
    witness.complain("nobody was left to bring the run on, though nothing had gone wrong");
  }
}

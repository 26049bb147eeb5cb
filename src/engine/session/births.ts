/**
 * The children that a run's code asks for and that are not born yet.
 *
 * BI1. Whether a child can be born is found out before anything is written of it. What keeps it from
 *      that is recorded as an event of its command, so every replay finds the same.
 * BI2. What was found out holds for one execution of the code: another may ask for other children.
 * BI3. A child begins with the newest version of its workflow that is known here.
 */
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { DEEPEST_FAMILY } from "../../core/bounds.ts";
import type { PendingChild } from "../../core/commands/child.ts";
import type { Birth } from "../../core/commands/command.ts";
import { asError, FamilyTooDeepError, RunExistsError } from "../../core/errors.ts";
import type { LogEvent } from "../../core/events.ts";
import type { Outcome } from "../../core/outcome.ts";
import { decode, type Encoded, encode, encodeError } from "../../core/value.ts";
import { checkStart, startBytes } from "../../ports/limits.ts";
import type { RunHead, StartedHead } from "../../ports/store.ts";
import { childKey } from "../replay/child-key.ts";
import type { Services } from "../services.ts";
import { newHead, parsedInput } from "./new-head.ts";

interface Unborn {
  pending: PendingChild;
  workflow: AnyWorkflow;
  input: Encoded;
  /** Of its start. */
  bytes: number;
}

export class Births {
  readonly #services: Services;
  readonly #found = new Map<number, Birth>();
  readonly #unborn = new Map<number, Unborn>();
  /** Ids that other runs have. */
  readonly #taken = new Set<string>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** What was found out, by command. */
  get found(): ReadonlyMap<number, Birth> {
    return this.#found;
  }

  /** Finds out whether those can be born that the log says nothing of yet. */
  async prepare({ unrecorded }: Outcome, parent: RunHead): Promise<void> {
    for (const pending of unrecorded.values()) {
      if (pending.kind !== "child" || this.#found.has(pending.command)) continue;
      try {
        this.#unborn.set(pending.command, await this.#unbornOf(pending, parent));
        this.#found.set(pending.command, { type: "ready" });
      } catch (error) {
        this.#refuse(pending.command, asError(error, `The start of child "${pending.name}"`));
      }
    }
  }

  /** Others have these ids. */
  refuseTaken(runIds: readonly string[]): void {
    for (const runId of runIds) this.#taken.add(runId);
    for (const [command, { pending }] of this.#unborn) {
      if (this.#taken.has(pending.child)) this.#refuse(command, new RunExistsError(pending.child));
    }
  }

  /** The code is executed anew (BI2). */
  clear(): void {
    this.#found.clear();
    this.#unborn.clear();
  }

  /** What the start of a child takes, in bytes. */
  bytesOf(command: number): number {
    return this.#unborn.get(command)?.bytes ?? 0;
  }

  /** The heads of the children that begin with these events. */
  headsFor(events: readonly LogEvent[], parent: RunHead, at: number): StartedHead[] {
    return events.flatMap((event) => {
      const unborn = event.type === "child.started" && this.#unborn.get(event.command);
      return unborn ? this.#head(unborn, parent, at) : [];
    });
  }

  /** They are in the log by now. */
  forget(events: readonly LogEvent[]): void {
    for (const event of events) {
      if (event.type !== "child.started" && event.type !== "child.refused") continue;
      this.#unborn.delete(event.command);
      this.#found.delete(event.command);
    }
  }

  #refuse(command: number, error: Error): void {
    this.#unborn.delete(command);
    this.#found.set(command, { type: "refused", error: encodeError(error) });
  }

  async #unbornOf(pending: PendingChild, parent: RunHead): Promise<Unborn> {
    const { child, name, unkeepable } = pending;
    if (unkeepable) throw unkeepable;
    if (depthBelow(parent) > DEEPEST_FAMILY) {
      throw new FamilyTooDeepError({ workflow: name, limit: DEEPEST_FAMILY });
    }
    const isWanted = [...this.#unborn.values()].some((other) => other.pending.child === child);
    if (isWanted || this.#taken.has(child) || child === parent.runId) {
      throw new RunExistsError(child);
    }
    const workflow = this.#services.registry.newest(name);
    const given = pending.input === undefined ? undefined : decode(pending.input);
    const what = `The input of workflow "${name}"`;
    const input = encode(await parsedInput(workflow, given), what);
    const unborn = { pending, workflow, input, bytes: 0 };
    const head = this.#head(unborn, parent, 0);
    checkStart(head);
    return { ...unborn, bytes: startBytes(head) };
  }

  #head({ pending, workflow, input }: Unborn, parent: RunHead, at: number): StartedHead {
    const { command, child, tags } = pending;
    const { runId, incarnation } = parent;
    return newHead(this.#services, {
      ...childKey(parent, command, child),
      workflow,
      input,
      tags,
      at,
      parent: { runId, incarnation, command, depth: depthBelow(parent) },
    });
  }
}

function depthBelow({ parent }: RunHead): number {
  return (parent?.depth ?? 0) + 1;
}

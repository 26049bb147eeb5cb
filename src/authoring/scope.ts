/**
 * Where code stands: in a workflow, in a step, or in neither. The scope follows the code through
 * its async calls, so parallel branches and parallel runs keep theirs apart.
 *
 * One AsyncLocalStorage serves every entry point and every copy of this package in the process.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { OnParentEnd } from "../core/commands/child.ts";
import type { Command } from "../core/commands/index.ts";
import type { Context } from "./context.ts";

/** What a replay offers to the workflow code it runs. */
export interface WorkflowHost {
  readonly context: Omit<Context, "checkCancellation">;
  /** Never settles while the command has no result in the log. */
  issue(command: Command, within: Within): Promise<unknown>;
  /** The same of what the code may wait for later, or never: until then it waits for nothing. */
  issueAhead(command: Command, within: Within): IssuedAhead;
  /** The same of a run that belongs to this one: it is told of twice. */
  issueChild(wanted: WantedChild, within: Within): IssuedChild;
  checkCancellation(shielded: boolean): Promise<void>;
  openShield(): OpenShield;
  /** @throws UnknownPatchError */
  patched(id: string): boolean;
  /** @throws ChannelNotFoundError for a channel that the workflow does not name. */
  requireChannel(name: string): void;
  /** The code has begun a timer, a request or the like. */
  beganForeignWork?(): void;
}

export interface IssuedAhead {
  /** By which somebody outside can settle it; the same at every replay, and known to nobody else. */
  readonly token: string;
  /** From here on the code waits for it. */
  wait(): Promise<unknown>;
}

export interface WantedChild {
  /** Of its workflow. */
  workflow: string;
  input: unknown;
  runId: string | undefined;
  tags: readonly string[];
  onParentEnd: OnParentEnd;
}

export interface IssuedChild {
  /** Its position among all that the code asked for. */
  readonly command: number;
  /** The id of its run, once that exists. */
  readonly born: Promise<unknown>;
  /** From here on the code waits for what it comes to. */
  wait(): Promise<unknown>;
}

/** What code stands in. */
export interface Within {
  shielded: boolean;
  /** Whether the shield was opened after a cancellation was delivered. */
  cleanup: boolean;
}

export interface OpenShield {
  readonly cleanup: boolean;
  readonly close: () => void;
}

/** What an attempt offers to the step code it runs. */
export interface StepHost {
  readonly context: Omit<Context, "checkCancellation" | "signal" | "step" | "idempotencyKey">;
  readonly signal: AbortSignal;
  checkCancellation(shielded: boolean): Promise<void>;
  openShield(): OpenShield;
  sleep(ms: number): Promise<void>;
  /** Numbers the steps that are called inside this one. */
  nextInner(): number;
}

export type Scope =
  | ({ kind: "workflow"; host: WorkflowHost } & Within)
  | { kind: "step"; host: StepHost; shielded: boolean; step: string; idempotencyKey: string };

const KEY = Symbol.for("detent.scope");
const shared = globalThis as { [KEY]?: AsyncLocalStorage<Scope> };
shared[KEY] ??= new AsyncLocalStorage<Scope>();
const storage: AsyncLocalStorage<Scope> = shared[KEY];

export function currentScope(): Scope | undefined {
  return storage.getStore();
}

export function runInScope<T>(scope: Scope, fn: () => T): T {
  return storage.run(scope, fn);
}

import { deadlineOf } from "../../core/run-state.ts";
import type { Session } from "./session.ts";

/**
 * Whether every open command of a run executes in this process, and no deadline has come: then a message
 * cannot bring anything that those attempts will not find out when they end.
 */
export function awaitsItsAttempts({ attempts, services, state }: Session): boolean {
  if (attempts.size === 0) return false;
  const { registry, clock } = services;
  const { workflow, version, open } = state;
  const deadline = deadlineOf(state, registry.find(workflow, version)?.maxDurationMs);
  if (deadline !== undefined && clock.now() >= deadline) return false;
  if (open.size > attempts.size) return false;
  return open.values().every(({ command }) => attempts.has(command));
}

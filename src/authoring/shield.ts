import { currentScope, runInScope } from "./scope.ts";

/**
 * Runs `fn` out of reach of cancellation: what it awaits is not rejected, and the run does not end
 * before it is done. A request that comes meanwhile takes effect right after it. Shields nest, and
 * each parallel branch has its own.
 *
 * @example
 * await shield(async () => {
 *   await release(orderId);
 *   await refund(orderId);
 * });
 */
export async function shield<T>(fn: () => T | Promise<T>): Promise<Awaited<T>> {
  const scope = currentScope();
  if (scope === undefined) return await fn();
  const close = scope.host.openShield();
  try {
    return await runInScope({ ...scope, shielded: true }, fn);
  } finally {
    close();
  }
}

import { currentScope, runInScope } from "./scope.ts";

/**
 * Runs `fn` out of reach of cancellation: what it begins is not rejected, and the run does not end
 * before it is done. A request that comes meanwhile takes effect right after it, in every branch of
 * the run: no clean-up runs beside what is shielded. Shields nest, and each parallel branch has its
 * own. What was begun outside is not shielded by being awaited inside.
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
  const { cleanup, close } = scope.host.openShield();
  const inside = { ...scope, shielded: true, cleanup };
  try {
    return await runInScope(inside, fn);
  } finally {
    close();
  }
}

/**
 * Notices what of the platform's own work the code of a workflow begins: a timer, a request, a file.
 * What awaits that goes on at another moment at every replay, so an execution which began some is
 * doubtful. Plain promises and ticks are none of it: a delivery window waits for them.
 *
 * Only Node tells of it, and only while somebody watches: a delivery window at a time.
 */
import * as hooks from "node:async_hooks";
import { currentScope } from "../../authoring/scope.ts";

const SETTLES_BY_ITSELF: ReadonlySet<string> = new Set(["PROMISE", "TickObject", "Microtask"]);

const hook = isNode()
  ? hooks.createHook({
      init(_, type) {
        if (SETTLES_BY_ITSELF.has(type)) return;
        const scope = currentScope();
        // Another copy of the package may have made the scope, in a version that does not ask.
        if (scope?.kind === "workflow") scope.host.beganForeignWork?.();
      },
    })
  : undefined;

let watching = 0;

/** From here on, workflows are told of what their code begins. @returns ends that. */
export function watchForeignWork(): () => void {
  watching += 1;
  if (watching === 1) hook?.enable();
  return () => {
    watching -= 1;
    if (watching === 0) hook?.disable();
  };
}

/** Others have the function, and either warn of it or never call. */
function isNode(): boolean {
  if (typeof process !== "object" || typeof hooks.createHook !== "function") return false;
  const { versions = {}, release } = process as Partial<typeof process>;
  return release?.name === "node" && !("bun" in versions) && !("deno" in versions);
}

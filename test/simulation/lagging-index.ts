import type { DueRun, Store } from "../../src/ports/store.ts";

/** A store whose index of what is due is behind, by up to so long. */
export function laggingIndex(
  store: Store,
  { lagMs, now }: { lagMs: number; now: () => number },
): Store {
  if (lagMs === 0) return store;
  let image: { at: number; runs: DueRun[] } | undefined;
  return {
    ...store,
    runs: {
      ...store.runs,
      async listDue({ until, limit }) {
        if (!image || now() - image.at >= lagMs) {
          const runs = await store.runs.listDue({ until: Number.MAX_SAFE_INTEGER, limit: MOST });
          image = { at: now(), runs };
        }
        return image.runs.filter(({ dueAt }) => dueAt <= until).slice(0, limit);
      },
    },
  };
}

const MOST = 1000;

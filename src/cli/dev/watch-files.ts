import { type FSWatcher, watch } from "node:fs";
import { dirname, join } from "node:path";

/** One save may be several changes, and half a file between them. */
const SETTLE_MS = 60;

/**
 * Calls `changed` a moment after any of the files has changed. Their folders are watched, because
 * many editors save by putting a new file in the place of the old one.
 *
 * @returns stops watching
 */
export function watchFiles(files: ReadonlySet<string>, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const touched = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS);
  };
  const folders = [...new Set([...files].map((file) => dirname(file)))];
  const watchers = folders.flatMap((folder): FSWatcher[] => {
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name === null || files.has(join(folder, name))) touched();
      });
      return [watcher.on("error", () => watcher.close())];
    } catch {
      return []; // The folder is gone, and so is what was in it.
    }
  });
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

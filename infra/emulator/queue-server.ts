/** Runs in the process of `startQueueProcess`, which gives it its port. */
import { startLocalQueueServer } from "../local-queue.ts";
import type { QueueNotice, QueueOrder } from "./queue-process.ts";

const tell = (notice: QueueNotice): void => void process.send?.(notice);

process.once("disconnect", () => process.exit());
try {
  const server = await startLocalQueueServer(Number(process.argv[2]));
  process.on("message", ({ open }: QueueOrder) => {
    server.setOpen(open);
    tell({ open });
  });
  tell({ endpoint: server.endpoint });
} catch (error) {
  tell({ failed: String(error) });
}

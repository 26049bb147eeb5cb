import type { RunStatus } from "../http/client/index.ts";
import type { Colours } from "./output.ts";

/** A run's status, coloured so that trouble is seen first. */
export function showStatus(status: RunStatus, colours: Colours): string {
  switch (status) {
    case "completed":
      return colours.green(status);
    case "failed":
    case "terminated":
      return colours.red(status);
    case "cancelled":
    case "cancelling":
    case "paused":
      return colours.yellow(status);
    case "pending":
    case "running":
    case "suspended":
      return colours.cyan(status);
  }
}

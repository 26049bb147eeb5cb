/** How many children a run has, and how they stand, as its log tells. Pure. */
import type { RunEvent } from "../../http/client/index.ts";

export interface FamilyCounts {
  born: number;
  completed: number;
  /** Failed, cancelled or terminated: whoever waits for them gets an error. */
  failed: number;
  /** Not waited for any more. */
  left: number;
}

export function countChildren(events: readonly RunEvent[]): FamilyCounts {
  const counts = { born: 0, completed: 0, failed: 0, left: 0 };
  for (const event of events) {
    switch (event.type) {
      case "child.started":
      case "child.inherited":
        counts.born += 1;
        break;
      case "child.completed":
        counts.completed += 1;
        break;
      case "child.failed":
      case "child.cancelled":
        counts.failed += 1;
        break;
      case "child.abandoned":
        if (event.begun !== false) counts.left += 1;
    }
  }
  return counts;
}

/** Such as `500: 480 completed, 3 did not, 17 go on`. */
export function familyText({ born, completed, failed, left }: FamilyCounts): string {
  const open = born - completed - failed - left;
  const parts = [
    completed > 0 && `${completed} completed`,
    failed > 0 && `${failed} did not complete`,
    left > 0 && `${left} left to ${left === 1 ? "itself" : "themselves"}`,
    open > 0 && `${open} ${open === 1 ? "goes" : "go"} on`,
  ];
  return `${born}: ${parts.filter(Boolean).join(", ")}`;
}

/** What steps wait at until a test opens it. By polling: workerd ties promises to one request. */
import { sleep } from "detent";

const open = new Set<string>();

export function openGate(name: string): void {
  open.add(name);
}

export async function pass(name: string): Promise<void> {
  while (!open.has(name)) await sleep(20);
}

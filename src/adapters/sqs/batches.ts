/** One message of a batch, as SQS takes it. */
export interface BatchEntry {
  Id: string;
  MessageBody: string;
  DelaySeconds: number;
}

/** What one request takes: so many messages, and so many bytes together. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 256 * 1024;

/** The messages in as few requests as they fit in, in their order. Bodies are ASCII. */
export function inBatches(entries: readonly BatchEntry[]): BatchEntry[][] {
  const batches: BatchEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const batch = batches.at(-1);
    const size = entry.MessageBody.length;
    if (batch && batch.length < MOST_ENTRIES && bytes + size <= MOST_BYTES) {
      batch.push(entry);
      bytes += size;
    } else {
      batches.push([entry]);
      bytes = size;
    }
  }
  return batches;
}

/** What transactions cost: DynamoDB Local tells nothing of them that could be used. */
import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";

/** The keys of the indexes, each of which takes what has its key. */
const INDEXED = ["dueAt", "listPartition"];

export interface Transacted {
  write: number;
  /** Part of it. */
  indexes: number;
}

/** Each item is written twice; what is not put is small. */
export function unitsOfTransaction(items: readonly TransactWriteItem[]): Transacted {
  const units = { write: 0, indexes: 0 };
  for (const { Put } of items) {
    const item = Put?.Item ?? {};
    const indexes = INDEXED.filter((key) => item[key]).length;
    units.indexes += indexes;
    units.write += 2 * kilobytes(item) + indexes;
  }
  return units;
}

/** The notation of the SDK takes more than what is stored. */
function kilobytes(item: Record<string, AttributeValue>): number {
  const bytes = Object.entries(item).map(([name, value]) => {
    const [plain] = Object.values(value);
    return name.length + String(plain).length;
  });
  return Math.max(1, Math.ceil(bytes.reduce((sum, each) => sum + each, 0) / 1024));
}

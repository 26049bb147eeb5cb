/** What the stores promise: the clauses of src/ports/store.ts. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const memory = { killers: ["test/conformance/memory.test.ts"] };
const dynamo = { killers: ["test/conformance/dynamodb.test.ts"] };

export const storing: Mutant[] = [
  ...mutantsOf("memory", { ...memory, file: "src/adapters/memory/log.ts" }, [
    {
      id: "overwrites",
      rule: "an entry is written only where none stands (S3)",
      search: 'if (standing) return { outcome: "conflict", entry: standing };',
      replace: "",
    },
    {
      id: "own-entry",
      rule: "an entry that is there already with the same id was appended (S4)",
      search: 'if (log.idAt(entry.position) === entry.id) return { outcome: "appended" };',
      replace: "",
    },
    {
      id: "after-end",
      rule: "nothing is appended with a change to the head of a run that has ended (S5)",
      search: 'if (!isActive(head)) return { outcome: "ended", head: readHead(head) };',
      replace: "",
    },
    {
      id: "created-twice",
      rule: "a run that was created by the same call is created (S1)",
      file: "src/adapters/memory/runs.ts",
      search: "if (standing.incarnation === head.incarnation) return { created: true };",
      replace: "",
    },
    {
      id: "due-from",
      rule: "`moveDue` moves only from the value that was read (S10)",
      file: "src/adapters/memory/runs.ts",
      search: "if (head.dueAt !== from) return false;",
      replace: "",
    },
    {
      id: "stop-unclaimed",
      rule: "tasks that were never claimed are stopped as well (S13)",
      file: "src/adapters/memory/tasks.ts",
      search:
        "for (const command of commands) tasks.set(command, { ...taskOf(key, command), stop: true });",
      replace:
        "for (const command of commands) if (tasks.has(command)) tasks.set(command, { ...taskOf(key, command), stop: true });",
    },
    {
      id: "due-later",
      rule: "`dueAt` moves later only from the value that was read (S9)",
      file: "src/adapters/memory/heads.ts",
      search: "if (change.dueAt === undefined || head.dueAt === readDueAt) return true;",
      replace: "if (change.dueAt !== 0) return true;",
    },
    {
      id: "older-position",
      rule: "a head is not changed by what was decided at an earlier position (S8)",
      file: "src/adapters/memory/heads.ts",
      search: "if (!isActive(head) || head.position > position) return false;",
      replace: "if (!isActive(head)) return false;",
    },
    {
      id: "ended-changed",
      rule: "the head of a run that has ended is not changed (S8)",
      file: "src/adapters/memory/heads.ts",
      search: "if (!isActive(head) || head.position > position) return false;",
      replace: "if (head.position > position) return false;",
    },
    {
      id: "expired",
      rule: "a head whose retention is over reads as absent (S2)",
      file: "src/adapters/memory/heads.ts",
      search: "return head && !isOver(head, now) ? head : undefined;",
      replace: "return now >= 0 ? head : undefined;",
    },
    {
      id: "other-incarnation",
      rule: "a key is of just one run, not of another with the same id (S7)",
      file: "src/adapters/memory/heads.ts",
      search: "return head?.incarnation === key.incarnation ? head : undefined;",
      replace: "return head;",
    },
  ]),
  ...mutantsOf("dynamodb", { ...dynamo, file: "src/adapters/dynamodb/append.ts" }, [
    {
      id: "own-entry",
      rule: "an entry that is there already with the same id was appended (S4)",
      search: "return standing.id === entry.id ?",
      replace: 'return standing.id === "" ?',
    },
    {
      id: "overwrites",
      rule: "an entry is written only where none stands (S3)",
      search: 'const condition = "attribute_not_exists(#pk)";',
      replace: 'const condition = "attribute_not_exists(#pk) OR attribute_exists(#pk)";',
    },
    {
      id: "token",
      rule: "a transaction that is repeated is known by its token (S4)",
      search: "const intent = JSON.stringify([runId, incarnation, id, position]);",
      replace: "const intent = JSON.stringify([runId, incarnation, position]);",
      killers: ["test/dynamodb/faults.test.ts"],
    },
    {
      id: "token-mismatch",
      rule: "a repeated transaction that differs in a time is told by its conditions",
      search: 'if (isNamed(error, "IdempotentParameterMismatchException")) return write();',
      replace: "",
      killers: ["test/conformance/dynamodb.test.ts", "test/dynamodb/faults.test.ts"],
    },
    {
      id: "head-consistent",
      rule: "a head is read as it stands (S2)",
      file: "src/adapters/dynamodb/heads.ts",
      search: "TableName: table.name, Key, ConsistentRead: true }",
      replace: "TableName: table.name, Key }",
      killers: ["test/dynamodb/capacity.test.ts"],
    },
    {
      id: "log-consistent",
      rule: "a log is read as it stands (S6)",
      file: "src/adapters/dynamodb/log.ts",
      search: "ConsistentRead: true, ...(Number.isFinite(limit) && { Limit: limit }),",
      replace: "...(Number.isFinite(limit) && { Limit: limit }),",
      killers: ["test/dynamodb/capacity.test.ts"],
    },
    {
      id: "tasks-consistent",
      rule: "tasks are read as they stand (S14)",
      file: "src/adapters/dynamodb/reading.ts",
      search: "Keys: left, ConsistentRead: true",
      replace: "Keys: left",
      killers: ["test/dynamodb/capacity.test.ts"],
    },
    {
      id: "marks-consistent",
      rule: "done marks are read as they stand",
      file: "src/adapters/dynamodb/tasks.ts",
      search: "Key: marshal(marksKey(key)), ConsistentRead: true,",
      replace: "Key: marshal(marksKey(key)),",
      killers: ["test/dynamodb/capacity.test.ts"],
    },
    {
      id: "unprocessed",
      rule: "keys that a batch read leaves out are read again",
      file: "src/adapters/dynamodb/reading.ts",
      search: "left = UnprocessedKeys?.[table.name]?.Keys ?? [];",
      replace: "left = UnprocessedKeys ? [] : [];",
      killers: ["test/dynamodb/faults.test.ts"],
    },
    {
      id: "pages",
      rule: "a query is followed to its end",
      file: "src/adapters/dynamodb/reading.ts",
      search: "from = LastEvaluatedKey;",
      replace: "from = LastEvaluatedKey && undefined;",
    },
    {
      id: "gap",
      rule: "a log with a gap in it is refused as damaged (S6)",
      file: "src/adapters/dynamodb/log.ts",
      search: "if (gap === next && retried) {",
      replace: "if (gap === next && retried && gap < 0) {",
    },
    {
      id: "older-position",
      rule: "a head is not changed by what was decided at an earlier position (S8)",
      file: "src/adapters/dynamodb/heads.ts",
      search: "${IS_ACTIVE} AND #position <= :position${dueCondition(change, readDueAt)}",
      replace:
        "${IS_ACTIVE} AND #position >= #position AND :position = :position${dueCondition(change, readDueAt)}",
    },
    {
      id: "due-later",
      rule: "`dueAt` moves later only from the value that was read (S9)",
      file: "src/adapters/dynamodb/heads.ts",
      search: 'const notLater = dueAt === null ? "" : " OR #dueAt >= :dueAt";',
      replace: 'const notLater = " OR attribute_exists(#dueAt)";',
    },
    {
      id: "due-from",
      rule: "`moveDue` moves only from the value that was read (S10)",
      file: "src/adapters/dynamodb/heads.ts",
      search: "(#dueAt = :from OR (#dueAt = :dueAt AND #resends = :resends))",
      replace: "(attribute_exists(#dueAt) OR #dueAt = :from)",
    },
    {
      id: "retention-over",
      rule: "a run is created where the retention of another is over (S1)",
      file: "src/adapters/dynamodb/birth-items.ts",
      search: '"attribute_not_exists(#pk) OR #expiresAt <= :now"',
      replace: '"attribute_not_exists(#pk) OR #expiresAt < :now - :now"',
    },
  ]),
];

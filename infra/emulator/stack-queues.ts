/** The queues of the stack on a local server. */
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Stack } from "./stack.ts";

export interface StackQueues {
  /** By the names of the template. */
  urls: Record<string, string>;
  arns: Record<string, string>;
}

/** Makes them, those first that others name. Safe to repeat. */
export async function createQueues(
  client: SQSClient,
  { queues }: Pick<Stack, "queues">,
): Promise<StackQueues> {
  const made: StackQueues = { urls: {}, arns: {} };
  const named = (id: string): boolean => Object.hasOwn(made.arns, id);
  const left = new Map(Object.entries(queues));
  while (left.size > 0) {
    const next = [...left].find(([, { Properties }]) => namesIn(Properties).every(named));
    if (!next)
      throw new Error(
        `These queues name each other, or one that is not there: ${[...left.keys()]}`,
      );
    const [id, { Properties }] = next;
    left.delete(id);
    const Attributes = Object.fromEntries(
      Object.entries(Properties).map(([name, value]) => [name, attributeOf(value, made)]),
    );
    const { QueueUrl = "" } = await client.send(
      new CreateQueueCommand({ QueueName: id, Attributes }),
    );
    const AttributeNames: QueueAttributeName[] = ["QueueArn"];
    const answer = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    made.urls[id] = QueueUrl;
    made.arns[id] = answer.Attributes?.["QueueArn"] ?? "";
  }
  return made;
}

/** A queue whose ARN stands in the value. */
const isArn = (value: unknown): value is { "Fn::GetAtt": [string, string] } =>
  Array.isArray(Reflect.get(Object(value), "Fn::GetAtt"));

function namesIn(value: unknown): string[] {
  if (isArn(value)) return [value["Fn::GetAtt"][0]];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(namesIn) : [];
}

/** As the API takes it: text, JSON for what has parts. */
function attributeOf(value: unknown, { arns }: StackQueues): string {
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_, part: unknown) =>
    isArn(part) ? arns[part["Fn::GetAtt"][0]] : part,
  );
}

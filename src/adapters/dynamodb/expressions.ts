/** Update and condition expressions, with the names and values that they mention filled in. */
import type { Update } from "@aws-sdk/client-dynamodb";
import { type Fields, marshal } from "./attributes.ts";
import type { ItemKey } from "./keys.ts";

export interface UpdatePlan {
  key: ItemKey;
  set?: Fields;
  remove?: readonly string[];
  /** More clauses, such as `ADD #done :commands`. */
  also?: string;
  condition?: string;
  /** What the condition and the other clauses mention beside what is set. */
  values?: Fields;
}

/** An update whose failed condition answers the item that stands there. */
export function updateOf(
  TableName: string,
  plan: UpdatePlan,
): Update & { UpdateExpression: string } {
  const set = Object.entries(plan.set ?? {}).filter(([, value]) => value !== undefined);
  const clauses = [
    set.length > 0 && `SET ${set.map(([name]) => `#${name} = :${name}`).join(", ")}`,
    plan.remove?.length && `REMOVE ${plan.remove.map((name) => `#${name}`).join(", ")}`,
    plan.also,
  ];
  const UpdateExpression = clauses.filter(Boolean).join(" ");
  return {
    TableName,
    Key: marshal(plan.key),
    UpdateExpression,
    ...(plan.condition && { ConditionExpression: plan.condition }),
    ...mentioned([UpdateExpression, plan.condition], { ...plan.values, ...plan.set }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
}

/** Every `#name` stands for the attribute of that name, every `:value` for a value given. */
export function mentioned(expressions: readonly (string | undefined)[], values: Fields) {
  const text = expressions.join(" ");
  const names = found(text, /#(\w+)/g).map((name) => [`#${name}`, name]);
  const given = marshal(values);
  const used = found(text, /:(\w+)/g).map((name) => [`:${name}`, given[name]]);
  return {
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
    ...(used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }),
  };
}

function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].flatMap(([, name]) => name ?? []))];
}

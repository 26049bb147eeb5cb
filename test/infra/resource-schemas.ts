/** Checks a template against the resource schemas that CloudFormation publishes. */
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import type { Packaged, TemplateResource } from "./packaged.ts";

type Database = ReturnType<typeof loadAwsServiceSpecSync>;
type Schema = ReturnType<Database["all"]>[number] & SchemaParts;
interface SchemaParts {
  properties: Record<string, { type: PropertyType; required?: boolean }>;
  attributes?: Record<string, unknown>;
}
type PropertyType =
  | { type: "string"; allowedValues?: string[]; pattern?: string }
  | { type: "integer" | "number" | "boolean" | "json" | "date-time" | "null" | "tag" }
  | { type: "array" | "map"; element: PropertyType }
  | { type: "ref"; reference: { $ref: string } }
  | { type: "union"; types: PropertyType[] };

const database: Database = loadAwsServiceSpecSync();

/** One sentence for everything that CloudFormation would not take. */
export function findTemplateFaults({ Resources, Outputs }: Packaged["template"]): string[] {
  return [
    ...Object.entries(Resources).flatMap(([id, resource]) => faultsOf(id, resource)),
    ...referencesIn({ Resources, Outputs }).flatMap((reference) =>
      unresolved(reference, Resources),
    ),
  ];
}

function schemaOf(type: string): SchemaParts | undefined {
  const [found] = database.lookup("resource", "cloudFormationType", "equals", type);
  return found as Schema | undefined;
}

function faultsOf(id: string, { Type, Properties = {} }: TemplateResource): string[] {
  const schema = schemaOf(Type);
  return schema ? objectFaults(id, Properties, schema) : [`${id} has the unknown type ${Type}`];
}

function objectFaults(path: string, given: unknown, { properties }: SchemaParts): string[] {
  if (!isObject(given)) return [`${path} is no object`];
  const missing = Object.entries(properties)
    .filter(([name, { required }]) => required && given[name] === undefined)
    .map(([name]) => `${path}.${name} is missing`);
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const property = properties[name];
    return property
      ? valueFaults(`${path}.${name}`, value, property.type)
      : [`${path}.${name} is unknown`];
  });
  return [...missing, ...wrong];
}

function valueFaults(path: string, value: unknown, type: PropertyType): string[] {
  if (isIntrinsic(value)) return [];
  const unless = (fits: boolean): string[] =>
    fits ? [] : [`${path} is ${JSON.stringify(value)}, which is no ${type.type}`];
  switch (type.type) {
    case "string":
      return unless(
        typeof value === "string" &&
          (type.allowedValues?.includes(value) ?? true) &&
          new RegExp(type.pattern ?? "").test(value),
      );
    case "integer":
      return unless(Number.isInteger(value));
    case "number":
    case "boolean":
      return unless(typeof value === type.type);
    case "array":
      if (!Array.isArray(value)) return unless(false);
      return value.flatMap((each, index) => valueFaults(`${path}[${index}]`, each, type.element));
    case "map":
      if (!isObject(value)) return unless(false);
      return Object.entries(value).flatMap(([name, each]) =>
        valueFaults(`${path}.${name}`, each, type.element),
      );
    case "ref":
      return objectFaults(
        path,
        value,
        database.get("typeDefinition", type.reference.$ref) as never,
      );
    case "union": {
      const faults = type.types.map((each) => valueFaults(path, value, each));
      return faults.some(({ length }) => length === 0) ? [] : faults.flat();
    }
    default:
      return [];
  }
}

/** A `Ref`, or an attribute of a resource, wherever it stands. */
interface Reference {
  id: string;
  attribute?: string;
}

function referencesIn(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const { Ref, "Fn::GetAtt": getAtt, "Fn::Sub": sub } = value;
  if (typeof Ref === "string") return [{ id: Ref }];
  if (Array.isArray(getAtt)) return [{ id: String(getAtt[0]), attribute: String(getAtt[1]) }];
  if (typeof sub === "string") {
    return [...sub.matchAll(/\$\{([\w:]+)(?:\.(\w+))?\}/g)].map(([, id = "", attribute]) => ({
      id,
      ...(attribute && { attribute }),
    }));
  }
  return Object.values(value).flatMap(referencesIn);
}

function unresolved(
  { id, attribute }: Reference,
  resources: Packaged["template"]["Resources"],
): string[] {
  if (id.startsWith("AWS::")) return [];
  const resource = resources[id];
  if (!resource) return [`There is no ${id} to refer to`];
  if (attribute === undefined || schemaOf(resource.Type)?.attributes?.[attribute]) return [];
  return [`${id} has no attribute ${attribute}`];
}

/** Whether CloudWatch knows the metric, as far as it is documented. */
export function isMetric(namespace: string, name: string): boolean {
  return database
    .lookup("metric", "name", "equals", name)
    .some((metric) => metric.namespace === namespace);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isIntrinsic(value: unknown): boolean {
  const [key, ...more] = isObject(value) ? Object.keys(value) : [];
  return more.length === 0 && key !== undefined && (key === "Ref" || key.startsWith("Fn::"));
}

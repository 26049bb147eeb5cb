/** Values of a CloudFormation template: how serverless.yml writes them, and what they come to. */
import { type CollectionTag, Pair, parse, type ScalarTag, YAMLMap } from "yaml";

/** Text, or one of the functions that `resolveValue` knows. */
export type TemplateValue = unknown;

/** What the resources of a stack are called on this machine, by their names in the template. */
export interface Names {
  refs: Readonly<Record<string, string>>;
  arns: Readonly<Record<string, string>>;
  /** By what a reference to the secret comes to. */
  secrets: Readonly<Record<string, string>>;
}

/** The short forms of YAML, such as `!Ref Table`, in their long ones. */
const TAGS: (ScalarTag | CollectionTag)[] = [
  { tag: "!Ref", resolve: (id) => ({ Ref: id }) },
  {
    tag: "!GetAtt",
    resolve(path) {
      const [id, ...attribute] = path.split(".");
      return { "Fn::GetAtt": [id, attribute.join(".")] };
    },
  },
  {
    tag: "!Join",
    collection: "seq",
    resolve(parts) {
      const map = new YAMLMap();
      map.items.push(new Pair("Fn::Join", parts));
      return map;
    },
  },
];

export function parseTemplate(text: string): unknown {
  return parse(text, { customTags: TAGS });
}

/** @throws Error for a function or a name that it does not know. */
export function resolveValue(value: TemplateValue, names: Names): string {
  return resolveParts(value, names).replace(
    /\{\{resolve:secretsmanager:([^}]*)\}\}/g,
    (reference, name: string) => known(names.secrets, name, reference),
  );
}

function resolveParts(value: TemplateValue, names: Names): string {
  if (typeof value === "string" && !value.includes("${")) return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const [[name, argument] = [], ...others] = Object.entries(Object(value));
  if (others.length === 0) {
    switch (name) {
      case "Ref":
        return known(names.refs, argument, "!Ref");
      case "Fn::GetAtt": {
        const [id, attribute] = argument as [string, string];
        if (attribute === "Arn") return known(names.arns, id, "!GetAtt");
        break;
      }
      case "Fn::Join": {
        const [separator, parts] = argument as [string, TemplateValue[]];
        return parts.map((part) => resolveParts(part, names)).join(separator);
      }
    }
  }
  throw new Error(
    `The emulator knows text, !Ref, !GetAtt …Arn and !Join as the value of a variable, not ${JSON.stringify(value)}.`,
  );
}

function known(names: Readonly<Record<string, string>>, name: unknown, where: string): string {
  const found = typeof name === "string" ? names[name] : undefined;
  if (found !== undefined) return found;
  throw new Error(`The emulator has no "${String(name)}", which ${where} in the stack names.`);
}

/** What stands in a form, before it is a value; and what it comes to. Pure. */
import type { Field } from "./fields.ts";

/** Text of a control, a tick, the items of a list or the fields of a group. */
export type Draft = string | boolean | readonly Draft[] | { readonly [name: string]: Draft };

export type Path = readonly (string | number)[];

export interface Problem {
  path: Path;
  message: string;
}

/** The value that a form comes to; while it has problems, as much of it as has none. */
export type Filled = { value: unknown } | { problems: Problem[]; soFar?: unknown };

/** A form as it is to begin with, showing this value as far as there is one. */
export function draftOf(field: Field, value: unknown = field.preset): Draft {
  switch (field.kind) {
    case "text":
    case "day":
      return typeof value === "string" ? value : "";
    case "number":
      return typeof value === "number" ? String(value) : "";
    case "boolean":
      return value === true;
    case "choice":
      return value === undefined && (field.optional || field.options.length > 1)
        ? ""
        : String(
            Math.max(
              0,
              field.options.findIndex((each) => isSame(each, value)),
            ),
          );
    case "list":
      return Array.isArray(value) ? value.map((item) => draftOf(field.item, item)) : [];
    case "group": {
      const given = isRecord(value) ? value : {};
      return Object.fromEntries(
        field.fields.map(({ name, field: inner }) => [name, draftOf(inner, given[name])]),
      );
    }
    case "json":
      return value === undefined ? "" : JSON.stringify(value, null, 2);
  }
}

/** The value that was filled in; `undefined` for what was left out. */
export function fill(field: Field, draft: Draft, path: Path = []): Filled {
  const text = typeof draft === "string" ? draft : "";
  const left = { value: undefined };
  const problem = (message: string): Filled => ({ problems: [{ path, message }] });
  switch (field.kind) {
    case "text":
      return text === "" && field.optional ? left : { value: text };
    case "day":
      if (text !== "") return { value: text };
      return field.optional ? left : problem("Enter a day.");
    case "number":
      if (text.trim() === "") return field.optional ? left : problem("Enter a number.");
      return Number.isFinite(Number(text))
        ? { value: Number(text) }
        : problem(`“${text}” is no number.`);
    case "boolean":
      return { value: draft === true };
    case "choice":
      if (text !== "") return { value: field.options[Number(text)] };
      return field.optional ? left : problem("Choose one.");
    case "json":
      return text.trim() === "" ? left : readJson(text, problem);
    case "list":
      return fillAll(
        (Array.isArray(draft) ? draft : []).map((item, index) => [index, field.item, item]),
        path,
        (values) =>
          values.length === 0 && field.optional ? undefined : values.map(([, item]) => item),
      );
    case "group": {
      const given = isDrafts(draft) ? draft : {};
      return fillAll(
        field.fields.map(({ name, field: inner }) => [name, inner, given[name] ?? draftOf(inner)]),
        path,
        (values) => {
          const filled = values.filter(([, value]) => value !== undefined);
          return filled.length === 0 && field.optional ? undefined : Object.fromEntries(filled);
        },
      );
    }
  }
}

type Part = readonly [key: string | number, field: Field, draft: Draft];

function fillAll(
  parts: readonly Part[],
  path: Path,
  join: (values: (readonly [string | number, unknown])[]) => unknown,
): Filled {
  const problems: Problem[] = [];
  const values: (readonly [string | number, unknown])[] = [];
  for (const [key, field, draft] of parts) {
    const filled = fill(field, draft, [...path, key]);
    if ("problems" in filled) problems.push(...filled.problems);
    values.push([key, "problems" in filled ? filled.soFar : filled.value]);
  }
  return problems.length > 0 ? { problems, soFar: join(values) } : { value: join(values) };
}

/** Text is JSON, and tells where it is not. */
export function readJson(text: string, problem: (message: string) => Filled): Filled {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return problem(`This is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDrafts(draft: Draft): draft is { readonly [name: string]: Draft } {
  return typeof draft === "object" && !Array.isArray(draft);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

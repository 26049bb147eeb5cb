/** A schedule as the choices in which it departs from the plainest one, where nobody has to wait. */
import { type Cost, FREE } from "./bounds.ts";

export interface Departure {
  /** Those before it. */
  before: Path;
  /** Which choice of its schedule it is, from 0. */
  at: number;
  /** What is chosen: never the first. */
  index: number;
  /** Of all up to here. */
  cost: Cost;
  /** How many there are up to here. */
  length: number;
}

export type Path = Departure | undefined;

export function costOf(path: Path): Cost {
  return path?.cost ?? FREE;
}

export function lengthOf(path: Path): number {
  return path?.length ?? 0;
}

/** What is chosen where. */
export function choicesOf(path: Path): Map<number, number> {
  const choices: [number, number][] = [];
  for (let each = path; each; each = each.before) choices.push([each.at, each.index]);
  return new Map(choices.reverse());
}

/** `14.2-20.1`: of the choices, counted from 0, the 14th takes number 2, the 20th number 1. */
export function codeOf(path: Path): string {
  const choices = [...choicesOf(path)].map(([at, index]) => `${at}.${index}`);
  return choices.length === 0 ? "0" : choices.join("-");
}

/** @throws Error for what is no code. */
export function choicesIn(code: string): Map<number, number> {
  if (code === "0") return new Map();
  return new Map(
    code.split("-").map((part) => {
      const [, at, index] = /^(\d{1,6})\.(\d{1,6})$/.exec(part) ?? [];
      if (at === undefined) throw new Error(`"${code}" is not the code of a schedule.`);
      return [Number(at), Number(index)];
    }),
  );
}

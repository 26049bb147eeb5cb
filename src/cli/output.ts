/**
 * What a command prints.
 *
 * CO1. With `json`, standard output is one document and nothing else, also when the command fails.
 * CO2. `plain` is for other programs: tabs between fields, no headings, no colour, no notes.
 * CO3. Whatever is not the answer (notes, progress, errors in words) goes to standard error.
 * CO4. Colour is for terminals only, and never where `NO_COLOR` is set.
 */
import pc from "picocolors";
import { readable } from "../core/readable.ts";
import { Failure } from "./failure.ts";
import type { Shell, Sink } from "./shell.ts";
import { visible } from "./text.ts";

export const FORMATS = ["table", "json", "plain"] as const;
export type Format = (typeof FORMATS)[number];

export type Colours = ReturnType<typeof pc.createColors>;

/** One answer, in each form. */
export interface Answer {
  json: unknown;
  /** Rows of fields. */
  plain: readonly (readonly string[])[];
  /** Lines for people. */
  table(colours: Colours, width: number): string;
}

type FailureLike = Pick<Failure, "exitCode" | "code" | "message">;

const DEFAULT_WIDTH = 100;

export class Output {
  readonly format: Format;
  readonly #shell: Shell;

  constructor(shell: Shell, format: Format) {
    this.#shell = shell;
    this.format = format;
  }

  get colours(): Colours {
    return coloursFor(this.#shell.stdout, this.#shell);
  }

  /** For what goes to standard error. */
  get errorColours(): Colours {
    return coloursFor(this.#shell.stderr, this.#shell);
  }

  answer(answer: Answer): void {
    this.write(this.#textOf(answer));
  }

  #textOf({ json, plain, table }: Answer): string {
    switch (this.format) {
      case "json":
        return document(json);
      case "plain":
        return plain.map((fields) => `${fields.map(visible).join("\t")}\n`).join("");
      case "table":
        return `${table(this.colours, this.#shell.stdout.columns || DEFAULT_WIDTH)}\n`;
    }
  }

  /**
   * What was done, and that not all was as wished. In JSON both are one document.
   * @throws Failure
   */
  answerAndFail(answer: Answer & { json: object }, failure: FailureLike): never {
    const { exitCode, code, message } = failure;
    if (this.format !== "json") this.answer(answer);
    throw new Failure(exitCode, code, message, { document: { ...answer.json } });
  }

  write(text: string): void {
    this.#shell.stdout.write(text);
  }

  /** For people only. */
  note(text: string): void {
    if (this.format === "table") this.#shell.stderr.write(`${text}\n`);
  }

  /** How a command is used, where it was used in another way. */
  explain(text: string): void {
    if (this.format !== "json") this.#shell.stderr.write(`${text}\n`);
  }

  fail(failure: Failure): void {
    const { message, code, issues } = failure;
    const error = { code, message, ...(issues.length > 0 && { issues }) };
    if (this.format === "json") this.write(document({ ...failure.document, error }));
    else this.warn(failure);
  }

  /** Something is wrong, and the command goes on. */
  warn({ message }: { message: string }): void {
    const { red } = this.errorColours;
    const lines = message.split("\n").map(visible);
    this.#shell.stderr.write(`${red("error:")} ${lines.join("\n")}\n`);
  }
}

function document(value: unknown): string {
  return `${JSON.stringify(readable(value), null, 2)}\n`;
}

function coloursFor(sink: Sink, { env }: Shell): Colours {
  return pc.createColors(sink.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb");
}

import { closeSync, fstatSync, openSync, readSync, writeFileSync } from "node:fs";
import type { Effect } from "../deployment/journey.ts";

/** What the steps of a fleet have noted in their file, read as it grows. */
export class Ledger {
  readonly path: string;
  readonly #byRun = new Map<string, Effect[]>();
  #read = 0;
  #size = 0;
  #partial = "";

  /** The file, which is made. */
  constructor(path: string) {
    this.path = path;
    writeFileSync(path, "");
  }

  /** How many effects there were. */
  get size(): number {
    this.#catchUp();
    return this.#size;
  }

  of(runId: string): readonly Effect[] {
    this.#catchUp();
    return this.#byRun.get(runId) ?? [];
  }

  #catchUp(): void {
    const lines = (this.#partial + this.#added()).split("\n");
    this.#partial = lines.pop() ?? "";
    for (const line of lines) {
      const effect = JSON.parse(line) as Effect;
      const own = this.#byRun.get(effect.runId) ?? [];
      own.push(effect);
      this.#byRun.set(effect.runId, own);
      this.#size += 1;
    }
  }

  #added(): string {
    const file = openSync(this.path, "r");
    try {
      const bytes = Buffer.alloc(fstatSync(file).size - this.#read);
      this.#read += readSync(file, bytes, 0, bytes.length, this.#read);
      return bytes.toString("utf8");
    } finally {
      closeSync(file);
    }
  }
}

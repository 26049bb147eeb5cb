import { createHash } from "node:crypto";

/** Randomness for workflow code: the same at every replay of a run, different in every run. */
export interface Deterministic {
  /** From 0, included, to 1, excluded. */
  random(): number;
  uuid(): string;
}

export function createDeterministic(seed: string): Deterministic {
  let drawn = 0;
  const draw = (): Buffer => createHash("sha256").update(`${seed}/${drawn++}`).digest();
  return {
    random: () => draw().readUIntBE(0, 6) / 2 ** 48,
    uuid() {
      const bytes = draw().subarray(0, 16);
      bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      const hex = bytes.toString("hex");
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        hex.slice(12, 16),
        hex.slice(16, 20),
        hex.slice(20),
      ].join("-");
    },
  };
}

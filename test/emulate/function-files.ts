/** Functions written for a test, run as the emulator runs the bundles. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FunctionPool, type PoolOptions } from "../../infra/emulator/function-pool.ts";

export interface FunctionFiles {
  /** A function with this body of `async (event, context) => { … }`, and these lines before it. */
  open(body: string, options?: Partial<PoolOptions> & { before?: string }): FunctionPool;
  /** What they printed. */
  readonly printed: string[];
  end(): Promise<void>;
}

export function openFunctionFiles(): FunctionFiles {
  const folder = mkdtempSync(join(tmpdir(), "detent-functions-"));
  const pools: FunctionPool[] = [];
  const printed: string[] = [];
  return {
    printed,
    open(body, { before = "", ...options } = {}) {
      const bundle = join(folder, `${pools.length}.mjs`);
      writeFileSync(
        bundle,
        `${before}\nexport const handler = async (event, context) => {${body}};`,
      );
      const pool = new FunctionPool({
        name: "test",
        bundle,
        handler: "handler",
        timeoutMs: 20_000,
        memoryMb: 128,
        environment: {},
        most: 2,
        nextSkewMs: () => 0,
        output: (line) => printed.push(line),
        ...options,
      });
      pools.push(pool);
      return pool;
    },
    async end() {
      await Promise.all(pools.map((pool) => pool.end()));
      rmSync(folder, { recursive: true });
    },
  };
}

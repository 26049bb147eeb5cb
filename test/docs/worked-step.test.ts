/** What ARCHITECTURE.md says of one step is what one step does. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine } from "../../src/engine/index.ts";
import { step, workflow } from "../../src/index.ts";
import type { Continuation, Message } from "../../src/ports/scheduler.ts";
import type { Store } from "../../src/ports/store.ts";
import { around } from "../engine/watched-store.ts";

const TEXT = readFileSync(fileURLToPath(new URL("../../ARCHITECTURE.md", import.meta.url)), "utf8");

/** The column "what" of the table. */
function told(): string[] {
  const section = /### One step, in full\n([\s\S]*?)\n##/.exec(TEXT)?.[1] ?? "";
  return [...section.matchAll(/^\| \d+ \| (.*?) \|/gm)].map(([, what = ""]) => what);
}

test("the worked step tells every read, write and message of a step, in order", async () => {
  const done: string[] = [];
  const queue: Continuation[] = [];
  const store = observed(createMemoryStore(), (call) => done.push(call));
  const scheduler = {
    send: async (messages: readonly Message[]) => {
      for (const { continuation } of messages) {
        queue.push(continuation);
        done.push(`send \`{ ${Object.keys(continuation).join(", ")} }\``);
      }
    },
  };
  const part = step("part", async () => void done.push("run the step's code"));
  const order = workflow("order", async () => {
    for (let n = 0; n < 3; n += 1) await part();
  });
  const engine = createEngine({ workflows: [order], store, scheduler });
  await engine.start(order);
  const turn = async (): Promise<void> => {
    const next = queue.shift();
    if (!next) throw new Error("Nothing was sent");
    done.push(`the queue delivers \`{ ${Object.keys(next).join(", ")} }\``);
    await engine.turn(next);
    done.push("acknowledge the message of 1");
  };
  await turn();
  done.length = 0;
  await turn();
  expect(told()).toEqual(done);
});

function observed(store: Store, tell: (call: string) => void): Store {
  return around(store, async (name, call, args) => {
    const [, entry] = args as [unknown, { events?: { type: string }[] } | undefined];
    const types = entry?.events?.map(({ type }) => `\`${type}\``).join(", ");
    tell(types === undefined ? name : `${name} ${types}`);
    return await call();
  });
}

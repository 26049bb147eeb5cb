import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { describeStore } from "../../src/conformance/index.ts";

const store = createMemoryStore();

describeStore({ name: "memory", createStore: () => store }, { describe, it });

it("keeps runs for 30 days unless told otherwise", () => {
  expect(store.retentionMs).toBe(30 * 24 * 60 * 60 * 1000);
});

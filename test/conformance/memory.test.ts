import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { describeStore } from "./store-conformance.ts";

const store = createMemoryStore();

describeStore("memory", () => store);

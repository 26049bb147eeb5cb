/** What users test their workflows with. */
export { createTestEngine, type TestEngine, type TestEngineOptions } from "./create-test-engine.ts";
export { assertInvariants, brokenInvariants } from "./invariants.ts";
export { VirtualClock } from "./virtual-clock.ts";

/** OpenTelemetry for engines. Needs `@opentelemetry/api`, and an SDK that the application sets up. */
export { createIdGenerator, type IdGenerator } from "./run-ids.ts";
export { createTelemetry, type TelemetryOptions } from "./telemetry.ts";
export { withTraceIds } from "./with-trace-ids.ts";

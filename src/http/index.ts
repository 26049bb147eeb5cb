export { type AppOptions, createApp } from "./app.ts";
export type { Auth } from "./auth.ts";
export { ERROR_STATUS, type ErrorCode } from "./error-status.ts";
export type { PushRequest } from "./push.ts";
export { createHttpScheduler, type HttpScheduler, type HttpSchedulerOptions } from "./scheduler.ts";

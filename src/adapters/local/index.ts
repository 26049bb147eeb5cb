export { createLocalScheduler, type LocalScheduler } from "./local-scheduler.ts";

/** Every route of the app, in the order in which its document tells of them. */
import { cancelRun } from "./cancel-run.ts";
import { getEvents } from "./get-events.ts";
import { getHealth } from "./get-health.ts";
import { getOpenApi } from "./get-openapi.ts";
import { getPage } from "./get-page.ts";
import { getPagePart } from "./get-page-part.ts";
import { getResult } from "./get-result.ts";
import { getRoot } from "./get-root.ts";
import { getRun } from "./get-run.ts";
import { listChildren } from "./list-children.ts";
import { listHooks } from "./list-hooks.ts";
import { listRuns } from "./list-runs.ts";
import { listWorkflows } from "./list-workflows.ts";
import { pauseRun, resumeRun } from "./pause-run.ts";
import { pushContinuation } from "./push-continuation.ts";
import { resumeHook } from "./resume-hook.ts";
import type { Route } from "./route.ts";
import { sendMessage } from "./send-message.ts";
import { startRun } from "./start-run.ts";
import { terminateRun } from "./terminate-run.ts";
import { wakeRun } from "./wake-run.ts";

export const ROUTES: readonly Route[] = [
  getRoot,
  getHealth,
  listWorkflows,
  startRun,
  listRuns,
  getRun,
  listChildren,
  getEvents,
  getResult,
  wakeRun,
  pauseRun,
  resumeRun,
  cancelRun,
  terminateRun,
  sendMessage,
  listHooks,
  resumeHook,
  pushContinuation,
  getPage,
  getPagePart,
  getOpenApi,
];

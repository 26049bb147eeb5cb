/** Settings for tests that do not wait for minutes. */
import type { Settings } from "../../../functions/settings.ts";

export const settings: Settings = {
  watchdog: "10s",
  clockSkew: "500ms",
  retention: "2d",
  handOver: "2s",
};

/** The HTTP requests that the customers of the shop make. */
import type { App } from "./app.ts";
import type { LogLine } from "./narrate.ts";

export interface RunRecord {
  status: string;
  cancellation?: {
    reason?: string;
    requestedBy?: string;
    checkpoint?: string;
    cleanup?: { steps: number; finished: boolean; durationMs: number };
  };
}

export interface Shop {
  start(input: { orderId: string }): Promise<{ runId: string }>;
  cancel(runId: string, request: { reason: string; requestedBy: string }): Promise<unknown>;
  run(runId: string): Promise<RunRecord>;
  /** What follows the event `after` in the run's log. */
  events(runId: string, after: number | undefined): Promise<LogLine[]>;
}

export function visitShop({ url, token }: App): Shop {
  const request = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return await response.json();
  };

  return {
    start: async (input) =>
      (await request("POST", "/workflows/order/runs", { input })) as { runId: string },
    cancel: async (runId, body) => await request("POST", `/runs/${runId}/cancel`, body),
    run: async (runId) => (await request("GET", `/runs/${runId}`)) as RunRecord,
    events: async (runId, after) => {
      const query = after === undefined ? "" : `?after=${after}`;
      const answer = await request("GET", `/runs/${runId}/events${query}`);
      return (answer as { events: LogLine[] }).events;
    },
  };
}

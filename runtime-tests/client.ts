/** What the suite asks of a server, over HTTP. Values come and go lossless. */
import { setTimeout as pause } from "node:timers/promises";
import { decode, encode } from "../src/core/value.ts";
import type { OpenHook, Run, RunEvent, SendAnswer } from "../src/engine/index.ts";

const TYPE = "application/vnd.detent+json";

export interface Client {
  request(path: string, init?: RequestInit): Promise<Response>;
  /** @returns its id */
  start(workflow: string, input?: unknown): Promise<string>;
  cancel(runId: string): Promise<void>;
  run(runId: string): Promise<Run>;
  /** Hands a payload to the open hook of this name. */
  answer(runId: string, hook: string, payload: unknown): Promise<void>;
  /** Sends a message to the channel `news`. */
  tell(runId: string, messageId: string, payload: unknown): Promise<SendAnswer>;
  events(runId: string): Promise<RunEvent[]>;
  /**
   * The types of its events, steps with their names; renewed leases are left out. An attempt that was
   * taken over, as happens when the machine is busy, does not start twice here.
   */
  story(runId: string): Promise<string[]>;
  /** Resolves once the run's log has that event. */
  untilEvent(runId: string, type: string): Promise<void>;
  /** Resolves with the record of the run, once that says how it ended. */
  untilEnded(runId: string): Promise<Run>;
  open(gate: string): Promise<void>;
  /** Which process answers. */
  instance(): Promise<string>;
  /** What the workflow `settling` comes to on the memory store. */
  settleInMemory(): Promise<unknown>;
  /** What came of what the typed client did there. */
  useClient(): Promise<unknown>;
  sweep(): Promise<void>;
  /** Rejects a promise that nobody hears. */
  reject(): Promise<void>;
}

const POLL_MS = 25;

export function createClient(url: string, token: string): Client {
  const request = async (path: string, init: RequestInit = {}): Promise<Response> =>
    await fetch(url + path, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, Accept: TYPE, "Content-Type": TYPE },
      signal: AbortSignal.timeout(30_000),
    });
  const send = async (path: string, body?: unknown): Promise<Response> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await request(path, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const read = async (path: string, body?: unknown): Promise<unknown> =>
    decode((await (await send(path, body && encode(body, "a body"))).json()) as unknown[]);

  const run = async (runId: string): Promise<Run> => (await read(`/runs/${runId}`)) as Run;
  const events = async (runId: string): Promise<RunEvent[]> => {
    const answer = await read(`/runs/${runId}/events?limit=1000`);
    return (answer as { events: RunEvent[] }).events;
  };
  const test = async (path: string): Promise<Response> => await send(`/test/${path}`, "");
  return {
    request,
    run,
    events,
    async start(workflow, input) {
      const answer = await read(`/workflows/${workflow}/runs`, { input });
      return (answer as { runId: string }).runId;
    },
    async answer(runId, name, payload) {
      const { hooks } = (await read(`/runs/${runId}/hooks`)) as { hooks: OpenHook[] };
      const open = hooks.find(({ hook }) => hook === name);
      await read(`/hooks/${open?.token}`, payload);
    },
    async tell(runId, messageId, payload) {
      const answer = await read(`/runs/${runId}/messages/news`, { messageId, payload });
      return answer as SendAnswer;
    },
    async cancel(runId) {
      await read(`/runs/${runId}/cancel`, { reason: "enough", requestedBy: "alice" });
    },
    async story(runId) {
      const all = await events(runId);
      return all
        .filter(({ type }) => type !== "step.renewed")
        .map((event) => ("step" in event ? `${event.type} ${event.step}` : event.type))
        .filter((event, index, story) => event !== story[index - 1]);
    },
    async untilEvent(runId, type) {
      while (!(await events(runId)).some((event) => event.type === type)) await pause(POLL_MS);
    },
    async untilEnded(runId) {
      for (;;) {
        const record = await run(runId);
        if (record.endedAt !== undefined) return record;
        if (record.problem) throw new Error(`${runId}: ${record.problem.message}`);
        await pause(POLL_MS);
      }
    },
    async open(gate) {
      await test(`open/${gate}`);
    },
    instance: async () => await (await test("instance")).text(),
    settleInMemory: async () => await (await test("memory")).json(),
    useClient: async () => await (await test("client")).json(),
    async sweep() {
      await test("sweep");
    },
    async reject() {
      await test("reject");
    },
  };
}

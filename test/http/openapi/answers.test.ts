/** What the app answers is what its OpenAPI document tells. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { StoreUnavailableError, WorkflowNotFoundError } from "../../../src/core/errors.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { type AppOptions, createApp } from "../../../src/http/index.ts";
import { ASSETS } from "../../../src/http/page/assets.ts";
import { sign } from "../../../src/http/signature.ts";
import { silent } from "../../silent.ts";
import { type Answered, answered, type TestApp, TOKEN } from "../test-app.ts";
import { type BusyApp, createBusyApp, SECRET } from "./busy-app.ts";
import { createJudge, type Operation, operationsOf, readDocument } from "./document.ts";
import { allowedRequests, anyRequests, type Request } from "./requests.ts";

vi.setConfig({ testTimeout: 120_000 });

async function described(testApp: TestApp) {
  const document = await readDocument(testApp);
  return { judge: createJudge(document), operations: operationsOf(document) };
}

const sendTo = ({ send }: TestApp, { path, ...request }: Request) => send(path, request);
const isSigned = ({ security }: Operation) => security.some((each) => each["signature"]);

test("whatever is asked, the document tells of the answer", async () => {
  const { testApp, known } = await createBusyApp();
  const { judge, operations } = await described(testApp);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...operations).chain((each) => anyRequests(each, known)),
      async (request) => {
        expect(judge(request.operationId, await sendTo(testApp, request))).toBeUndefined();
      },
    ),
    { numRuns: 600 },
  );
});

test("what the document allows is not refused", async () => {
  const { testApp, known } = await createBusyApp();
  const { judge, operations } = await described(testApp);
  const unsigned = operations.filter((each) => !isSigned(each));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...unsigned).chain((each) => allowedRequests(each, known)),
      async (request) => {
        const answer = await sendTo(testApp, request);
        expect(judge(request.operationId, answer)).toBeUndefined();
        // What a hook or a channel takes is said by its own schema.
        const own = { resumeHook: [400, 410], sendMessage: [400] }[request.operationId] ?? [];
        expect([200, 202, 404, 409, 504, ...own]).toContain(answer.status);
      },
    ),
    { numRuns: 400 },
  );
});

const [PART = ""] = Object.keys(ASSETS);
const USUAL = { auth: { tokens: [TOKEN] }, continuationSecret: SECRET, logger: silent };
const page = await createApp({ engine: failingEngine(new Error("broken")), ...USUAL }).request(
  "/ui",
);
const TAG = page.headers.get("etag");

type Asked = [path: string, body?: object];

/** What to ask for each answer that is particular to an operation. */
const particularOf = ({ hooks }: BusyApp): Record<string, Record<number, Asked>> => ({
  getRoot: { 200: ["/"] },
  getHealth: { 200: ["/healthz"] },
  getOpenApi: { 200: ["/openapi.json"] },
  getPage: { 200: ["/ui"] },
  getPagePart: { 200: [`/ui/${PART}`], 404: ["/ui/none.js"] },
  listWorkflows: { 200: ["/workflows"], 400: ["/workflows?version=1"] },
  startRun: {
    202: ["/workflows/greet/runs", { input: { name: "Ada" } }],
    200: ["/workflows/nap/runs", { runId: "suspended" }],
    400: ["/workflows/greet/runs", { input: { name: 5 } }],
    404: ["/workflows/none/runs", {}],
    409: ["/workflows/nap/runs", { runId: "suspended", input: "other" }],
  },
  listRuns: { 200: ["/runs"], 400: ["/runs?limit=0"] },
  getRun: { 200: ["/runs/cancelled"], 400: ["/runs/%00"], 404: ["/runs/none"] },
  getEvents: {
    200: ["/runs/cancelled/events"],
    400: ["/runs/cancelled/events?after=x"],
    404: ["/runs/none/events"],
  },
  getResult: {
    200: ["/runs/cancelled/result"],
    400: ["/runs/cancelled/result?timeout=x"],
    404: ["/runs/none/result"],
    504: ["/runs/suspended/result?timeout=1"],
  },
  cancelRun: {
    202: ["/runs/cancelling/cancel", {}],
    200: ["/runs/suspended/cancel", { wait: true }],
    400: ["/runs/cancelling/cancel", { wait: "x" }],
    404: ["/runs/none/cancel", {}],
    409: ["/runs/cancelled/cancel", {}],
    504: ["/runs/cancelling/cancel", { wait: true, timeout: 1 }],
  },
  pauseRun: {
    202: ["/runs/suspended/pause", {}],
    200: ["/runs/paused/pause", {}],
    400: ["/runs/suspended/pause", { reason: 5 }],
    404: ["/runs/none/pause", {}],
    409: ["/runs/cancelled/pause", {}],
  },
  resumeRun: {
    202: ["/runs/paused/resume", {}],
    200: ["/runs/cancelling/resume", {}],
    400: ["/runs/paused/resume", { reason: 5 }],
    404: ["/runs/none/resume", {}],
    409: ["/runs/cancelled/resume", {}],
  },
  terminateRun: {
    202: ["/runs/cancelling/terminate", {}],
    400: ["/runs/cancelling/terminate", { reason: 5 }],
    404: ["/runs/none/terminate", {}],
    409: ["/runs/cancelled/terminate", {}],
  },
  wakeRun: {
    202: ["/runs/suspended/wake", {}],
    400: ["/runs/suspended/wake", 5 as unknown as object],
    404: ["/runs/none/wake", {}],
    409: ["/runs/cancelled/wake", {}],
  },
  sendMessage: {
    202: ["/runs/hearing/messages/words", { payload: { text: "hi" } }],
    200: ["/runs/heard/messages/words", { payload: { text: "hi" }, messageId: "first" }],
    400: ["/runs/hearing/messages/words", { messageId: "" }],
    404: ["/runs/none/messages/words", { payload: 5 }],
    409: ["/runs/completed/messages/words", { payload: 5 }],
    429: ["/runs/deaf/messages/words", { payload: { text: "hi" } }],
  },
  listChildren: {
    200: ["/runs/suspended/children"],
    400: ["/runs/suspended/children?limit=0"],
    404: ["/runs/none/children"],
  },
  listHooks: {
    200: ["/runs/suspended/hooks"],
    400: ["/runs/%00/hooks"],
    404: ["/runs/none/hooks"],
  },
  resumeHook: {
    202: [`/hooks/${hooks.open}`, {}],
    400: [`/hooks/${hooks.picky}`, { approved: 5 }],
    404: ["/hooks/none", {}],
    409: [`/hooks/${hooks.used}`, {}],
    410: [`/hooks/${hooks.expired}`, {}],
  },
  pushContinuation: {
    204: ["/continuations", { runId: "suspended" }],
    400: ["/continuations", { runId: 5 }],
  },
});

/** What is wrong with the app, or the headers, for the answers that operations have in common. */
const COMMON: Record<number, { app?: Partial<AppOptions>; headers?: Record<string, string> }> = {
  302: { headers: { accept: "text/html" } },
  304: { headers: { "if-none-match": `"${PART}", ${TAG}` } },
  401: { headers: { authorization: "Bearer none", "detent-signature": "none" } },
  413: { app: { bodyLimit: 1 } },
  415: { headers: { "content-type": "text/plain" } },
  500: {
    app: {
      engine: failingEngine(new TypeError("The engine is broken")),
      auth: () => {
        throw new TypeError("The tokens cannot be read");
      },
    },
  },
  421: { app: { engine: failingEngine(new WorkflowNotFoundError({ workflow: "w", known: [] })) } },
  503: {
    app: { engine: failingEngine(new StoreUnavailableError("read", new Error("refused"))) },
  },
};

/** An engine that cannot do anything. */
function failingEngine(why: Error): Engine {
  const fail = async () => {
    throw why;
  };
  return new Proxy({ workflows: [] } as never, {
    get: (target, key) => Reflect.get(target, key) ?? fail,
  });
}

/** Asks so that the operation answers with this status. */
async function ask(busy: BusyApp, operation: Operation, status: number): Promise<Answered> {
  const { engine } = busy.testApp;
  const particular = particularOf(busy)[operation.operationId] ?? {};
  const [path, body] = particular[status] ?? Object.values(particular)[0] ?? [operation.path];
  const { app: options, headers } = particular[status] ? {} : (COMMON[status] ?? {});
  const text = JSON.stringify(body);
  const response = await createApp({ engine, ...USUAL, ...options }).request(path, {
    method: operation.method.toUpperCase(),
    headers: {
      authorization: `Bearer ${TOKEN}`,
      "detent-signature": sign(SECRET, text ?? "", Date.now()),
      ...(text !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(text !== undefined && { body: text }),
  });
  return await answered(response);
}

test("each answer that the document tells of is given", async () => {
  const busy = await createBusyApp();
  const { judge, operations } = await described(busy.testApp);
  for (const operation of operations) {
    const { operationId, responses } = operation;
    for (const status of Object.keys(responses).map(Number)) {
      const answer = await ask(busy, operation, status);
      expect({ operationId, status: answer.status }).toEqual({ operationId, status });
      expect(judge(operationId, answer)).toBeUndefined();
    }
  }
});

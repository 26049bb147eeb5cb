/** What only the HTTP scheduler does; the clauses of the port are in test/conformance. */
import { describe, expect, test } from "vitest";
import { ConfigurationError, SchedulerUnavailableError } from "../../src/core/errors.ts";
import { createHttpScheduler, type HttpSchedulerOptions } from "../../src/http/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { silent } from "../silent.ts";

const URL_OF_APP = "https://app.example.com";
const SECRET = "s3cret";

/** A network that answers each request with the next status, and then with the last one. */
function network(...statuses: (number | Error)[]) {
  const requests: Request[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const status = statuses[Math.min(requests.length, statuses.length - 1)] ?? 204;
    requests.push(request);
    if (status instanceof Error) throw status;
    return new Response(null, { status });
  };
  return { requests, fetch };
}

/** Pauses pass at once; what takes longer never does. */
const clock = {
  now: () => 1_900_000_000_000,
  after(delayMs: number, callback: () => void) {
    const timer = delayMs <= 10_000 ? setTimeout(callback, 0) : undefined;
    return () => clearTimeout(timer);
  },
};

const create = (options: Partial<HttpSchedulerOptions>) =>
  createHttpScheduler({
    url: URL_OF_APP,
    secret: SECRET,
    logger: silent,
    clock,
    timeout: "1h",
    ...options,
  });

const message = { continuation: { runId: "run_1" } };

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

describe("straight to an app that does not know a version", () => {
  test("a message is posted again, to reach another one, and says for how long none was", async () => {
    const { requests, fetch } = network(421, 421, 421, 204);
    const lines: string[] = [];
    const note = (text: string) => void lines.push(text);
    const logger: Logger = { ...silent, warn: note, error: note };
    await create({ fetch, logger }).send([{ continuation: { runId: "run_1", task: 3 } }]);
    await until(() => requests.length === 4);
    const bodies = await Promise.all(requests.map((request) => request.json()));
    const again = { runId: "run_1", task: 3, unknownSince: clock.now() };
    expect(bodies).toEqual([{ runId: "run_1", task: 3 }, again, again, again]);
    expect(lines).toEqual([]);
  });
});

describe("straight to the app", () => {
  test.each([
    [URL_OF_APP, `${URL_OF_APP}/continuations`],
    [`${URL_OF_APP}/`, `${URL_OF_APP}/continuations`],
    [`${URL_OF_APP}/continuations`, `${URL_OF_APP}/continuations`],
    [`${URL_OF_APP}/continuations/`, `${URL_OF_APP}/continuations`],
    [`${URL_OF_APP}/api`, `${URL_OF_APP}/api/continuations`],
    [new URL(`${URL_OF_APP}/api?key=1`), `${URL_OF_APP}/api/continuations?key=1`],
  ])("at %s a message is posted to %s", async (url, expected) => {
    const { requests, fetch } = network(204);
    await create({ url, fetch }).send([message]);
    await until(() => requests.length === 1);
    const [request] = requests;
    expect(request).toMatchObject({ url: expected, method: "POST" });
    expect(request?.headers.get("detent-signature")).toMatch(/^t=1900000000000,v1=[0-9a-f]{64}$/);
    expect(await request?.json()).toEqual(message.continuation);
  });

  test("send does not wait for the turn", async () => {
    let answer = (_: Response): void => {};
    const fetch = () =>
      new Promise<Response>((resolve) => {
        answer = resolve;
      });
    const scheduler = create({ fetch });
    await scheduler.send([message]);
    const stopping = scheduler.stop();
    answer(new Response(null, { status: 204 }));
    await stopping;
  });

  test.each([
    ["an answer of 503", 503],
    ["an answer of 500", 500],
    ["too many requests", 429],
    ["a timeout", 408],
    ["no answer", new TypeError("fetch failed")],
  ])("%s is followed by another try, signed anew", async (_, failure) => {
    const { requests, fetch } = network(failure, failure, 204);
    await create({ fetch }).send([message]);
    await until(() => requests.length === 3);
    expect(new Set(requests).size).toBe(3);
  });

  test.each([400, 401, 403, 404, 413, 302])(
    "an answer of %s is final, and logged",
    async (status) => {
      const lines: string[] = [];
      const logger: Logger = { ...silent, error: (line) => lines.push(line) };
      const { requests, fetch } = network(status);
      const scheduler = create({ fetch, logger });
      await scheduler.send([message]);
      await until(() => lines.length === 1);
      await scheduler.stop();
      expect(requests).toHaveLength(1);
    },
  );

  test("a request that takes too long is given up and made again", async () => {
    let requests = 0;
    const fetch = (request: Request) =>
      new Promise<Response>((resolve, reject) => {
        requests += 1;
        if (requests > 1) resolve(new Response(null, { status: 204 }));
        request.signal.addEventListener("abort", () => reject(request.signal.reason));
      });
    await create({ fetch, timeout: 100 }).send([message]);
    await until(() => requests === 2);
  });

  test("no more requests are under way at once than it was told", async () => {
    let underWay = 0;
    let most = 0;
    let done = 0;
    const fetch = async () => {
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      done += 1;
      return new Response(null, { status: 204 });
    };
    await create({ fetch, concurrency: 3 }).send(Array(20).fill(message));
    await until(() => done === 20);
    expect(most).toBe(3);
  });

  test("the function is kept alive while there is work", async () => {
    const { requests, fetch } = network(204);
    const kept: Promise<unknown>[] = [];
    await create({ fetch, waitUntil: (work) => void kept.push(work) }).send([message, message]);
    await Promise.all(kept);
    expect(kept).toHaveLength(1);
    expect(requests).toHaveLength(2);
  });

  test("after stop nothing is delivered any more", async () => {
    const { requests, fetch } = network(204);
    const scheduler = create({ fetch });
    await scheduler.send([{ ...message, delayMs: 50 }]);
    await scheduler.stop();
    await scheduler.send([message]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(requests).toEqual([]);
  });

  test.each([
    [undefined, 900_000],
    ["30s", 30_000],
    [0, 0],
    ["2h", 900_000],
  ])("with maxDelay %s it says that it keeps delays of %s ms", (maxDelay, expected) => {
    expect(create({ maxDelay }).maxDelayMs).toBe(expected);
  });
});

describe("through a push queue", () => {
  const QUEUE = "https://queue.example.com/publish";
  const queue: NonNullable<HttpSchedulerOptions["queue"]> = ({ url, headers, body, delayMs }) =>
    new Request(QUEUE, {
      method: "POST",
      headers: { "x-delay": String(delayMs), "x-to": url, ...headers },
      body,
    });

  test("send resolves when the queue has taken every message", async () => {
    const { requests, fetch } = network(201);
    const scheduler = create({ fetch, queue });
    await scheduler.send([message, { ...message, delayMs: 60_000 }]);
    expect(
      requests.map(({ url, headers }) => [url, headers.get("x-delay"), headers.get("x-to")]),
    ).toEqual([
      [QUEUE, "0", `${URL_OF_APP}/continuations`],
      [QUEUE, "60000", `${URL_OF_APP}/continuations`],
    ]);
    expect(scheduler.maxDelayMs).toBe(900_000);
  });

  test("a delayed message is signed for the time when it is due", async () => {
    const { requests, fetch } = network(201);
    await create({ fetch, queue }).send([{ ...message, delayMs: 60_000 }]);
    expect(requests[0]?.headers.get("detent-signature")).toMatch(/^t=1900000060000,/);
  });

  test.each([503, 429, 421, new TypeError("fetch failed")])(
    "that fails for a while (%s) is asked again",
    async (failure) => {
      const { requests, fetch } = network(failure, failure, 201);
      await create({ fetch, queue }).send([message]);
      expect(requests).toHaveLength(3);
    },
  );

  test("that goes on failing is an error, after some tries", async () => {
    const { requests, fetch } = network(503);
    const sending = create({ fetch, queue }).send([message]);
    await expect(sending).rejects.toThrow(SchedulerUnavailableError);
    await expect(sending).rejects.toThrow("it answered 503");
    expect(requests).toHaveLength(5);
  });

  test("that refuses is an error at once", async () => {
    const { requests, fetch } = network(401);
    await expect(create({ fetch, queue }).send([message])).rejects.toMatchObject({
      code: "scheduler.unavailable",
    });
    expect(requests).toHaveLength(1);
  });
});

test.each(["", "app.example.com", "/continuations", "ftp://example.com", undefined])(
  "a url of %j is refused",
  (url) => {
    expect(() => create({ url: url as string })).toThrow(ConfigurationError);
  },
);

test.each(["", undefined, null])("a secret of %j is refused", (secret) => {
  expect(() => create({ secret: secret as string })).toThrow(ConfigurationError);
});

/**
 * On workerd. What one request began ends with it, so each has an engine of its own, and no delay is
 * kept: the sweep wakes what has to wait.
 */
import { answer, createServed, type Served, type Settings } from "./served.ts";

interface Environment extends Settings {
  /** This worker, as its own service. */
  SELF: {
    fetch(request: Request): Promise<Response>;
    scheduled(event: { scheduledTime: Date; cron: string }): Promise<{ outcome: string }>;
  };
}

interface Lifetime {
  waitUntil(work: Promise<unknown>): void;
}

function serveOnce(environment: Environment, lifetime: Lifetime): Served {
  return createServed(environment, {
    url: "http://self",
    maxDelay: 0,
    waitUntil: (work) => lifetime.waitUntil(work),
    fetch: (request) => environment.SELF.fetch(request),
  });
}

export default {
  async fetch(request: Request, environment: Environment, lifetime: Lifetime): Promise<Response> {
    const { fetch, place } = serveOnce(environment, lifetime);
    return await answer(request, {
      fetch,
      place,
      // As the platform does by the clock.
      sweep: async () => {
        const cron = "* * * * *";
        const { outcome } = await environment.SELF.scheduled({ scheduledTime: new Date(), cron });
        if (outcome !== "ok") throw new Error(`The sweep ended with ${outcome}`);
      },
    });
  },
  async scheduled(_: unknown, environment: Environment, lifetime: Lifetime): Promise<void> {
    await serveOnce(environment, lifetime).sweep();
  },
};

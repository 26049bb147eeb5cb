/** A client of an app over a real engine, without a socket between them. */
import { type Client, type ClientOptions, createClient } from "../../src/http/client/index.ts";
import type { Store } from "../../src/ports/store.ts";
import { createTestApp, type TestApp, TOKEN } from "../http/test-app.ts";

export interface ClientRig extends TestApp {
  client: Client;
  /** What was asked of the app: `GET /runs?limit=2`. */
  asked: string[];
}

type Answerer = (url: string, init: RequestInit) => Response | Promise<Response>;

/**
 * @param between stands before the app: it may answer itself, change requests, or fail.
 * @param store of the app; default one in memory.
 */
export function createClientRig(
  options: Partial<ClientOptions> = {},
  between: (app: Answerer) => Answerer = (app) => app,
  store?: Store,
): ClientRig {
  const testApp = createTestApp(store ? { store } : {});
  const asked: string[] = [];
  const answer = between((url, init) => testApp.app.request(url, init));
  const client = createClient({
    baseUrl: "http://detent.test",
    token: TOKEN,
    fetch: (url, init) => {
      asked.push(`${init.method} ${url.slice("http://detent.test".length)}`);
      return answer(url, init);
    },
    ...options,
  });
  return { ...testApp, client, asked };
}

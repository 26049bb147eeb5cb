/** The HTTP app: what guards every request, and the routes behind it. */
import { type Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { getPath } from "hono/utils/url";
import { type Duration, toMillis } from "../core/duration.ts";
import { ConfigurationError } from "../core/errors.ts";
import type { Engine } from "../engine/engine.ts";
import { createConsoleLogger } from "../platform/json-logger.ts";
import type { Logger } from "../ports/logger.ts";
import { type Auth, requireToken } from "./auth.ts";
import { answerError, HttpError } from "./errors.ts";
import { guard } from "./guard.ts";
import { hidingStacks } from "./hide-stacks.ts";
import { ROUTES } from "./routes/index.ts";
import type { Route, Services } from "./routes/route.ts";

export interface AppOptions {
  engine: Engine;
  /**
   * Who may call everything but `/healthz`. `false` lets everybody in, but no web page that is not
   * the app's own.
   */
  auth: Auth;
  /**
   * The names by which the app is called, such as `detent.example.com` or `localhost:8080`; `"*"` is
   * any. Default: with `auth: false` those of this machine (`localhost`, `127.0.0.1`, `[::1]`), else
   * any.
   */
  hosts?: readonly string[] | undefined;
  /**
   * Opens `POST /continuations` to what `createHttpScheduler` signs with this secret. Several while
   * one replaces the other.
   */
  continuationSecret?: string | readonly string[] | undefined;
  /** For how long before and after its time a signature is accepted. Default 5 min. */
  continuationWindow?: Duration | undefined;
  /**
   * Whether errors of runs are told with the frames of the user's own code, which name its files.
   * Frames of this package are never kept. Default true.
   */
  showStacks?: boolean | undefined;
  /** How many bytes a body may have. Default 1 MiB. */
  bodyLimit?: number | undefined;
  /** Told of every failure that is not the caller's. Default: warnings and errors on the console. */
  logger?: Logger | undefined;
}

const DEFAULT_BODY_LIMIT = 1024 * 1024;

/** A JSON answer is not run, framed, sniffed or cached, and it varies with the `Accept` header. */
const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
  Vary: "Accept",
};

/**
 * A Hono app over an engine.
 *
 * @example
 * const app = createApp({ engine, auth: { tokens: [token] } });
 * serve({ fetch: app.fetch, port: 8080 });
 * @throws ConfigurationError when `engine` or `auth` is left out or empty, or the limit is no size.
 */
export function createApp(options: AppOptions): Hono {
  const { auth, bodyLimit = DEFAULT_BODY_LIMIT, logger = createConsoleLogger() } = options;
  if (typeof options.engine !== "object" || options.engine === null) {
    throw new ConfigurationError("createApp needs an engine: what createEngine returns.");
  }
  if (!Number.isSafeInteger(bodyLimit) || bodyLimit < 1) {
    throw new ConfigurationError(
      "The bodyLimit of createApp must be a whole number of bytes, at least 1.",
    );
  }
  const services = servicesOf(options, { bodyLimit, logger });
  const { routes } = services;
  const app = new Hono({ getPath: pathWithoutSlash });
  const mount = (those: (route: Route) => boolean): void => {
    for (const { method, path, also = path, serve } of routes.filter(those)) {
      const paths = new Set([path, also].map(asPattern));
      app.on(method.toUpperCase(), [...paths], serve(services));
    }
  };
  app.onError((error, c) => answerError(c, error, logger));
  mount(({ ownHeaders = false }) => ownHeaders);
  app.use(async (c, next) => {
    try {
      await next();
    } catch (thrown) {
      // Hono hands only instances of Error to onError.
      c.res = answerError(c, thrown, logger);
    }
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  });
  mount(({ access, ownHeaders = false }) => access !== "token" && !ownHeaders);

  app.use(guard({ tokens: auth !== false, hosts: options.hosts }));
  app.use(requireToken(auth));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const headers = { Allow: [...methods, "OPTIONS"].join(", ") };
        if (c.req.method === "OPTIONS") return c.body(null, 204, headers);
        const message = `${c.req.method} is not possible here. Use ${methods.join(" or ")}.`;
        return answerError(c, new HttpError("method.notAllowed", message, headers), logger);
      },
    }),
  );
  mount(({ access }) => access === "token");
  app.all("*", (c) => {
    const to = addressWithoutSlash(c);
    if (to !== undefined) return c.redirect(to, 308);
    const message = `There is nothing at ${c.req.path.slice(0, 200)}. Check the address.`;
    return answerError(c, new HttpError("route.notFound", message), logger);
  });
  return app;
}

function servicesOf(options: AppOptions, common: Pick<Services, "bodyLimit" | "logger">): Services {
  const { engine, auth, continuationSecret: secret, continuationWindow = "5m" } = options;
  const continuations =
    secret === undefined
      ? undefined
      : { secret, windowMs: toMillis(continuationWindow, "continuationWindow") };
  return {
    ...common,
    engine: options.showStacks === false ? hidingStacks(engine) : engine,
    routes: ROUTES.filter(({ access }) => access !== "signed" || continuations),
    tokens: auth !== false,
    guarded: auth === false || options.hosts !== undefined,
    continuations,
  };
}

/** `/runs/{runId}` as Hono writes it. */
function asPattern(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** Where a slash at the end is one too many. `/ui/` has its own answer: its parts are beside it. */
const EXTRA_SLASH = /(?<=[^/])(?<!^\/ui)\/$/;

function pathWithoutSlash(request: Request): string {
  return getPath(request).replace(EXTRA_SLASH, "");
}

/** Mounted in another app, this one does not parse the path itself, so it redirects instead. */
function addressWithoutSlash(c: Context): string | undefined {
  if (!EXTRA_SLASH.test(c.req.path)) return undefined;
  const { pathname, search } = new URL(c.req.url);
  const [part] = pathname.split("/").slice(-2);
  return `../${part}${search}`;
}

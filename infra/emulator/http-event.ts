/** Requests and answers as an HTTP API of API Gateway passes them on (payload format 2.0). */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

const ACCOUNT = "000000000000";
const TEXT =
  /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded)|[^;]+\+(json|xml))/i;

/**
 * The path comes decoded, though it is called raw; the query as it was sent.
 * @returns nothing for a path that cannot be decoded, which is a bad request.
 */
export function eventOf(request: IncomingMessage, body: Buffer): object | undefined {
  const { method = "GET", headers, httpVersion, socket } = request;
  const { host = "localhost", cookie, "content-type": type = "", ...others } = headers;
  // Not a URL: its parser would change what was asked for.
  const [path = "/", ...query] = (request.url ?? "/").split("?");
  const rawPath = decoded(path);
  if (rawPath === undefined) return undefined;
  const rawQueryString = query.join("?");
  const isText = body.length === 0 || TEXT.test(type);
  const now = new Date();
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split("; ") }),
    headers: { host, ...(type && { "content-type": type }), ...joined(others) },
    ...(rawQueryString && { queryStringParameters: parametersIn(rawQueryString) }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: "local",
      domainName: host,
      domainPrefix: "local",
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${httpVersion}`,
        sourceIp: socket.remoteAddress ?? "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: "$default",
      stage: "$default",
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: !isText,
  };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

interface Answer {
  statusCode: number;
  headers?: Record<string, string>;
  cookies?: string[];
  body?: string;
  isBase64Encoded?: boolean;
}

export function sendAnswer(response: ServerResponse, answered: unknown): void {
  const answer = isAnswer(answered) ? answered : inferred(answered);
  const { statusCode, headers = {}, cookies = [], body = "", isBase64Encoded } = answer;
  const content = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  response.writeHead(statusCode, {
    ...headers,
    ...(cookies.length > 0 && { "set-cookie": cookies }),
    "content-length": content.length,
  });
  response.end(response.req.method === "HEAD" ? undefined : content);
}

export function sendFailure(response: ServerResponse, status: number, message: string): void {
  sendAnswer(response, {
    statusCode: status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message }),
  });
}

function isAnswer(value: unknown): value is Answer {
  return typeof Reflect.get(Object(value), "statusCode") === "number";
}

/** What API Gateway makes of an answer that is none: the content of one that went well. */
function inferred(value: unknown): Answer {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}

function joined(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const known = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, [value].flat().join(",")]));
}

function parametersIn(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

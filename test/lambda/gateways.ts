/** What stands before an app, and how each hands on the path and the query of a request. */
export interface Sent {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string | null;
}

const CONTEXT = { accountId: "1", apiId: "api", domainPrefix: "api", requestId: "1" };
const HTTP_API_HOST = "api.execute-api.eu-central-1.amazonaws.com";

function newEvent({ method, url, headers, body }: Sent, rawPath: string, host: string): unknown {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: url.search.slice(1),
    headers: { ...headers, host },
    requestContext: {
      ...CONTEXT,
      domainName: host,
      http: { method, path: decodeURIComponent(url.pathname), protocol: "HTTP/1.1" },
      stage: "$default",
    },
    ...(body !== null && { body }),
    isBase64Encoded: false,
  };
}

function oldEvent({ method, url, headers, body }: Sent, path: string, context: object): unknown {
  const all: Record<string, string[]> = {};
  for (const name of url.searchParams.keys()) all[name] = url.searchParams.getAll(name);
  return {
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, [v]])),
    queryStringParameters: url.search === "" ? null : Object.fromEntries(url.searchParams),
    multiValueQueryStringParameters: url.search === "" ? null : all,
    requestContext: { ...CONTEXT, domainName: HTTP_API_HOST, httpMethod: method, ...context },
    body,
    isBase64Encoded: false,
  };
}

/** As it was seen to do it: the path is decoded twice, and cut at a question mark between. */
function decodedTwice(path: string): string {
  const [kept = ""] = decodeURIComponent(path).split("?");
  return decodeURIComponent(kept);
}

const rawParameters = (search: string): Record<string, string> =>
  Object.fromEntries(
    search
      .slice(1)
      .split("&")
      .map((pair) => pair.split(/=(.*)/s) as [string, string]),
  );

export const GATEWAYS: Readonly<Record<string, (sent: Sent) => unknown>> = {
  "an HTTP API": (sent) => newEvent(sent, decodeURIComponent(sent.url.pathname), HTTP_API_HOST),
  "an HTTP API that decodes twice": (sent) =>
    newEvent(sent, decodedTwice(sent.url.pathname), HTTP_API_HOST),
  "an HTTP API with a host of one's own": (sent) =>
    newEvent(sent, decodeURIComponent(sent.url.pathname), "detent.example.com"),
  "an HTTP API with the old payload": (sent) => ({
    ...(oldEvent(sent, decodeURIComponent(sent.url.pathname), { resourceId: null }) as object),
    version: "1.0",
  }),
  "a REST API": (sent) => oldEvent(sent, sent.url.pathname, { resourceId: "al6gqb" }),
  "a function URL": (sent) =>
    newEvent(sent, sent.url.pathname, "abc.lambda-url.eu-central-1.on.aws"),
  "a load balancer": ({ method, url, headers, body }) => ({
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:…" } },
    httpMethod: method,
    path: url.pathname,
    queryStringParameters: url.search === "" ? {} : rawParameters(url.search),
    headers: { ...headers, host: "lb.eu-central-1.elb.amazonaws.com" },
    body: body ?? "",
    isBase64Encoded: false,
  }),
};

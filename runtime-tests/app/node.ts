import { createAdaptorServer } from "@hono/node-server";
import { answer, createServed, settingsOf } from "./served.ts";

const server = createAdaptorServer({ fetch: (request) => answer(request, served) });
await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
const address = server.address();
if (typeof address !== "object" || address === null) throw new Error("The server has no port");
const served = createServed(settingsOf(process.env), { url: `http://127.0.0.1:${address.port}` });
console.log(JSON.stringify({ port: address.port }));

import { answer, createServed, settingsOf } from "./served.ts";

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(): void },
    fetch: (request: Request) => Promise<Response>,
  ): { addr: { port: number } };
};

const { addr } = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) =>
  answer(request, served),
);
const served = createServed(settingsOf(process.env), { url: `http://127.0.0.1:${addr.port}` });
console.log(JSON.stringify({ port: addr.port }));

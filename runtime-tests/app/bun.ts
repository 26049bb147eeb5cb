import { answer, createServed, settingsOf } from "./served.ts";

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    idleTimeout: number;
    fetch(request: Request): Promise<Response>;
  }): { port: number };
};

const { port } = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  // A continuation is answered after its turn, and a turn takes as long as its step.
  idleTimeout: 255,
  fetch: (request) => answer(request, served),
});
const served = createServed(settingsOf(process.env), { url: `http://127.0.0.1:${port}` });
console.log(JSON.stringify({ port }));

/** `detent dev`: an app with the user's own workflows, loaded again whenever they change. */
import { once } from "node:events";
import { relative } from "node:path";
import { createMemoryStore } from "../../adapters/memory/index.ts";
import type { Store } from "../../engine/index.ts";
import { devToken } from "../dev-token.ts";
import { openDynamo } from "../dynamodb/open-dynamo.ts";
import { asFailure } from "../failure.ts";
import type { Output } from "../output.ts";
import type { Shell } from "../shell.ts";
import { DevApp } from "./dev-app.ts";
import type { DevOptions } from "./dev-options.ts";
import { exampleInput } from "./example-input.ts";
import { findModule } from "./find-module.ts";
import { listen } from "./listen.ts";
import { ModuleLoader } from "./module-loader.ts";
import { Reloader } from "./reloader.ts";
import { type Example, showReady } from "./show-ready.ts";

/** Runs until the user wants out. @throws Failure when it cannot start. */
export async function runDev(options: DevOptions, shell: Shell, output: Output): Promise<void> {
  if (output.format !== "table") sendLogsToStderr();
  const file = findModule(process.cwd(), options.module);
  const loader = new ModuleLoader(file);
  const workflows = await loader.load();
  const token = options.token ?? (shell.env["DETENT_TOKEN"] || devToken(shell.env));
  const write = (text: string): void => void shell.stderr.write(text);
  const log = { level: options.logLevel, colours: output.errorColours, write };
  const app = new DevApp(workflows, { store: await openStore(options), token, log });
  const server = await listen((request) => app.fetch(request), options.port).catch(
    async (error: unknown) => {
      await app.stop();
      throw error;
    },
  );
  const reloader = new Reloader(loader, app, {
    loaded: () => output.note(`Loaded again: ${namesOf(app)}`),
    failed: (error) => output.warn(asFailure(error)),
  });
  const { url } = server;
  const page = (await app.fetch(new Request(`${url}/ui`))).ok ? `${url}/ui` : undefined;
  const module = relative(process.cwd(), file);
  const names = app.workflows.map(({ name }) => name);
  const example = await exampleOf(app);
  output.answer(showReady({ url, token, module, names, example, page, store: options.store }));
  if (!shell.signal.aborted) await once(shell.signal, "abort");
  reloader.stop();
  server.close();
  await patiently(app.stop());
}

/** What the user's own code prints is no part of a document on standard output. */
function sendLogsToStderr(): void {
  for (const name of ["log", "info", "debug"] as const) console[name] = console.error;
}

/** A start that works, of the first workflow for which one can be made. */
async function exampleOf({ workflows }: DevApp): Promise<Example | undefined> {
  for (const workflow of workflows) {
    const input = await exampleInput(workflow);
    if (input !== undefined) return { name: workflow.name, input };
  }
  return undefined;
}

function namesOf(app: DevApp): string {
  return app.workflows.map(({ name }) => name).join(", ");
}

async function openStore({ store, table }: DevOptions): Promise<Store> {
  if (store === "memory") return createMemoryStore();
  const dynamo = await openDynamo({ tableName: table, region: undefined, endpoint: undefined });
  await dynamo.createTable();
  return dynamo.createStore();
}

/** A step may hang; whoever pressed Ctrl-C does not want to wait for it. */
const PATIENCE_MS = 2_000;

async function patiently(ending: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const outOfPatience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([ending, outOfPatience]);
  clearTimeout(timer);
}

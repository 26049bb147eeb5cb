import { expectTypeOf, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { AppOptions } from "../../src/http/index.ts";
import type { Workflow } from "../../src/index.ts";

type Order = Workflow<{ orderId: string }, { status: string }, { orderId: string }, "order">;
type Ping = Workflow<void, Date, void, "ping">;

test("an app takes an engine of whatever workflows", () => {
  expectTypeOf<Engine<Order | Ping>>().toExtend<AppOptions["engine"]>();
  expectTypeOf<Engine>().toExtend<AppOptions["engine"]>();
});

test("who may call must be said", () => {
  expectTypeOf<{ engine: Engine }>().not.toExtend<AppOptions>();
  expectTypeOf<{ engine: Engine; auth: false }>().toExtend<AppOptions>();
  expectTypeOf<{ engine: Engine; auth: true }>().not.toExtend<AppOptions>();
  expectTypeOf<{ engine: Engine; auth: { tokens: string[] } }>().toExtend<AppOptions>();
  expectTypeOf<{
    engine: Engine;
    auth: (token: string) => Promise<boolean>;
  }>().toExtend<AppOptions>();
});

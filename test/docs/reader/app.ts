/** The app that the documents import as `./app.ts`. */
import type { Engine } from "../../../src/engine/index.ts";
import { workflow } from "../../../src/index.ts";

const order = workflow("order", async ({ orderId }: { orderId: string }) => ({
  orderId,
  status: "shipped",
}));

export declare const engine: Engine<typeof order>;

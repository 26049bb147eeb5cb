/** The workflows that are deployed: put your own here. */
import { order } from "../examples/order/order.ts";

export const workflows = [order];

/** What the types of `child` promise; checked by the compiler. */
import { expectTypeOf, test } from "vitest";
import * as z from "zod";
import { type Child, child, workflow } from "../../src/index.ts";

const plain = workflow("plain", async () => 7);
const given = workflow("given", async (input: { orderId: string }) => input.orderId);
const parsed = workflow("parsed", async (at: Date) => at, { input: z.coerce.date() });

test("a child's result is what its workflow returns", () => {
  const start = async () => await child(given, { orderId: "7" }, { onParentEnd: "abandon" });
  expectTypeOf(start).returns.resolves.toEqualTypeOf<Child<string>>();
  type Result = Awaited<ReturnType<Child<string>["result"]>>;
  expectTypeOf<Result>().toEqualTypeOf<string>();
});

test("an input may be left out only where the workflow takes none", () => {
  const right = () => [
    child(plain),
    child(plain, undefined, { tags: ["a"] }),
    child(parsed, "2030"),
  ];
  expectTypeOf(right).toBeFunction();
  // @ts-expect-error its workflow needs an input
  const without = () => child(given);
  // @ts-expect-error of another shape
  const wrong = () => child(given, { orderId: 7 });
  // @ts-expect-error there is no such choice
  const choice = () => child(plain, undefined, { onParentEnd: "terminate" });
  expectTypeOf([without, wrong, choice]).toBeArray();
});

/** A kind of command that forgets something does not compile. */
import { describe, expectTypeOf, test } from "vitest";
import type { CommandKind, Role } from "../../src/core/commands/command.ts";
import { COMMANDS, type Kind, type Kinds } from "../../src/core/commands/index.ts";
import { type Sleep, sleep } from "../../src/core/commands/sleep.ts";
import type { EventOf } from "../../src/core/events.ts";
import { SHOWN_KINDS, type ShownKind } from "../../src/http/client/kinds.ts";

/** The parts that could be left out. */
type Forgettable<Whole> = {
  [Part in keyof Whole]-?: Omit<Whole, Part> extends Whole ? Part : never;
}[keyof Whole];

/** Must compile; is not run. */
const allowed = (_: () => unknown): void => {};

describe("the record of a kind", () => {
  test("leaves out nothing", () => {
    expectTypeOf<Forgettable<CommandKind<Kinds[Kind]>>>().toBeNever();
    const { dueAt: _due, ...timeless } = sleep;
    // @ts-expect-error it does not say when it is due
    allowed(() => timeless satisfies CommandKind<Sleep>);
    const { leftover: _left, ...careless } = sleep;
    // @ts-expect-error it does not say what is left of it when its run ends
    allowed(() => careless satisfies CommandKind<Sleep>);
  });

  test("says of each of its events what that does", () => {
    expectTypeOf<Forgettable<(typeof COMMANDS.step)["events"]>>().toBeNever();
    expectTypeOf<Forgettable<(typeof COMMANDS.sleep)["events"]>>().toBeNever();
    const { "sleep.cancelled": _cancelled, ...events } = sleep.events;
    // @ts-expect-error nothing is said of a sleep that is cancelled
    allowed(() => ({ ...sleep, events }) satisfies CommandKind<Sleep>);
  });

  test("says of an event what comes of it", () => {
    type Started = Role<EventOf<"sleep.started">, Sleep["open"]>;
    // @ts-expect-error what is open after it
    allowed((): Started => ({ does: "opens" }));
    type Completed = Role<EventOf<"sleep.completed">, Sleep["open"]>;
    // @ts-expect-error what the code learns
    allowed((): Completed => ({ does: "settles" }));
  });

  test("records nothing but its own events", () => {
    const begin = () => ({ type: "step.abandoned" as const, command: 0, shielded: false });
    // @ts-expect-error an event of another kind
    allowed(() => ({ ...sleep, begin }) satisfies CommandKind<Sleep>);
  });
});

test("the table has every kind", () => {
  type Table = { readonly [K in Kind]: CommandKind<Kinds[K]> };
  expectTypeOf<Forgettable<Table>>().toBeNever();
  const { sleep: _sleep, ...rest } = COMMANDS;
  // @ts-expect-error there is no record of sleeps
  allowed(() => rest satisfies Table);
  // @ts-expect-error the record of another kind
  allowed(() => ({ ...COMMANDS, step: sleep }) satisfies Table);
});

test("people are told of every kind, and of what follows each of its events", () => {
  type Table = { readonly [K in Kind]: ShownKind<K> };
  expectTypeOf(SHOWN_KINDS).toExtend<Table>();
  expectTypeOf<Forgettable<Table>>().toBeNever();
  expectTypeOf<Forgettable<ShownKind<Kind>>>().toBeNever();
  const { sleep: _sleep, ...rest } = SHOWN_KINDS;
  // @ts-expect-error nothing is told of sleeps
  allowed(() => rest satisfies Table);
  const { "step.renewed": _renewed, ...waits } = SHOWN_KINDS.step.waits;
  // @ts-expect-error what a run waits for after a renewal
  allowed(() => ({ ...SHOWN_KINDS.step, waits }) satisfies ShownKind<"step">);
});

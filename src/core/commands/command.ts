/**
 * What a kind of command has to say of itself. Everything that treats of commands goes over these
 * records, so a new kind is a record, its place in the table, and a function for authors.
 */
import type * as z from "zod/mini";
import type { DetentError } from "../errors/detent-error.ts";
import type { Task } from "../task.ts";
import type { Encoded } from "../value.ts";

/** An event of a command. */
interface Fields {
  type: string;
  command: number;
  shielded: boolean;
}
export type CommandSchema = z.ZodMiniType<Fields> & {
  readonly shape: Readonly<Record<string, z.core.$ZodType>> & {
    readonly type: z.ZodMiniLiteral<string>;
  };
};

/** Where the code asked for a command. */
export interface Place {
  /** Its position in the order in which the code issued its commands. */
  command: number;
  shielded: boolean;
  /**
   * The delivery window in which the code came to wait for it, counted from the start; nothing for
   * what it has asked for and does not wait for yet.
   */
  window: number | undefined;
  /** `false` if its shield was open before the delivery already. */
  cleanup?: false;
}

/** What the code asks for. */
export interface Asked {
  kind: string;
  name: string;
}

/** Recorded in the log, and not over. */
export interface Open extends Asked {
  command: number;
  shielded: boolean;
}

/** What a kind is made of. */
export interface KindTypes {
  /** Of its events. */
  schemas: readonly CommandSchema[];
  /** As its authoring function asks for it. */
  asked: Asked;
  /** As the code waits for it. */
  pending: Asked & Place;
  /** As the log has it. */
  open: Open;
}

type EventOf<T extends KindTypes> = z.output<T["schemas"][number]>;

/** What an event's entry says beside it. */
export interface Around {
  /** When it was written, and where. */
  at: number;
  position: number;
  /** The tasks that it absorbs. */
  absorbed: readonly number[];
}

/** What becomes of the promise that the code waits for. */
export type Settlement =
  | { type: "resolved"; value: unknown }
  | { type: "rejected"; error: DetentError };

/** What one event does to its command. */
export type Role<Event, Opened> = Done<Event, Opened> & {
  /** It lets the command go on, so it follows no request to cancel unless it is shielded. */
  readonly goesOn?: true;
  /** The command's time had come. */
  readonly isDue?: true;
  /** It brings news, of an attempt or from outside: no function had to come for it. */
  readonly isNews?: true;
  /** It comes from somebody who holds no message of the run, which has to go on now: its entry is due. */
  readonly wakes?: true;
  /** It may be all that the log ever says of its command. */
  readonly isFirst?: true;
};

/** One message of those that a run was sent. */
export interface SentMessage {
  channel: string;
  /** Which one, from 0. */
  message: number;
}

type Done<Event, Opened> =
  /** It begins, or goes on: the first event of a command does one of these two, or cancels it. */
  | {
      readonly does: "opens";
      open(event: Event, around: Around): Opened;
      /** What the code learns right here of a command whose end it may wait for later. */
      tells?(event: Event): unknown;
    }
  | { readonly does: "changes"; open(event: Event, around: Around): Opened }
  /** It is over, and the code learns of it right here. */
  | {
      readonly does: "settles";
      /** The message that the code gets by it. Where one is there already, nothing opens it before. */
      takes?(event: Event): SentMessage;
      /** @param payload of that message. */
      settle(event: Event, payload: Encoded): Settlement;
    }
  /** It is over, and what the code learns is the delivery of a cancellation, or nothing. */
  | {
      readonly does: "cancels";
      /** What stays open of it until that delivery, if the delivery is to know. */
      open?(event: Event, around: Around): Opened;
      /** Why it had failed before. */
      cause?(event: Event): Encoded | undefined;
      /** Whether it never began, as nobody awaited it when the code ended. */
      isUnbegun?(event: Event): boolean;
    };

/** What open commands are found by, beside their times. */
export type Group =
  | "claims"
  | "tasks"
  /** Somebody outside is asked: nobody has to look after the run until they answer. */
  | "asked"
  /** The same of whoever sends the next message of a channel. */
  | "receives"
  /** The same of children: such as are cancelled with their run, such as go on without it, and such as
   * its code has asked to stop, of either sort. */
  | "children"
  | "apart"
  | "stopping";

/** What is known when a command may begin. */
export interface Beginning {
  now: number;
  /** Whether children can be born, by their commands, as far as that was found out. */
  births: ReadonlyMap<number, Birth>;
}

/** Whether a child can be born, and if not, why. */
export type Birth = { type: "ready" } | { type: "refused"; error: Encoded };

/** What tells whether something executes. */
export interface Moment {
  now: number;
  /** By how much clocks may disagree; a lease counts as ended only this much later. */
  skewMs: number;
  /** Tasks that can never be claimed again and that nobody executes, by their numbers. */
  deadTasks: ReadonlyMap<number, Task>;
}

export interface CommandKind<T extends KindTypes> {
  readonly schemas: T["schemas"];
  readonly events: {
    readonly [Type in EventOf<T>["type"]]: Role<Extract<EventOf<T>, { type: Type }>, T["open"]>;
  };
  /** What errors and warnings call it, such as `step "charge"`. */
  label(name: string): string;
  /** The name that an event says; nothing for a kind whose commands have none of their own. */
  nameIn(event: EventOf<T>): string | undefined;
  /** What the code waits for. @param isSettled whether the log, as far as it is known, settles it. */
  pending(asked: T["asked"], place: Place, isSettled: boolean): T["pending"];

  /** What records that it begins; nothing for a kind that begins by being executed. */
  begin(pending: T["pending"], moment: Beginning): EventOf<T> | undefined;
  /** How long it lasts from its beginning on, if the code said that. */
  lastsMs(pending: T["pending"]): number | undefined;
  /** When time alone changes what is to be done with it; nothing if it waits for no time. */
  dueAt(open: T["open"]): number | undefined;
  /** What records that its time has come; nothing for a kind that is executed then. */
  whenDue(open: T["open"]): EventOf<T> | undefined;
  group(open: T["open"]): Group | undefined;
  /** Whether somebody executes it, so that no cancellation is delivered beside it. */
  isLive(open: T["open"], moment: Moment): boolean;

  /** What the delivery of a cancellation names as the place where it came. */
  checkpoint(pending: T["pending"], open: T["open"] | undefined): string;
  /** What records, right before a delivery, that it is rejected by that; nothing if that is known. */
  cancelled(open: T["open"]): EventOf<T> | undefined;
  /** What records that its run has ended before it was over; nothing if that is known. */
  leftover(open: T["open"]): EventOf<T> | undefined;
  /** What records that the code ended without having awaited it. */
  neverBegun(pending: T["pending"]): EventOf<T>;
}

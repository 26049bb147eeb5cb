/**
 * The kinds of commands, in one table. A kind that is named here and has no record, or a record that
 * leaves something out, does not compile.
 */
import type * as z from "zod/mini";
import { type Cancel, cancel } from "./cancel.ts";
import { type Child, child, type OpenChild } from "./child.ts";
import type { CommandKind, Group, KindTypes, Role } from "./command.ts";
import { type Generation, generation } from "./generation.ts";
import { type Hook, hook } from "./hook.ts";
import { type Receive, receive } from "./receive.ts";
import { type Sleep, sleep } from "./sleep.ts";
import { type ClaimedStep, type ScheduledStep, type Step, step } from "./step.ts";

export interface Kinds {
  step: Step;
  sleep: Sleep;
  hook: Hook;
  receive: Receive;
  child: Child;
  cancel: Cancel;
  generation: Generation;
}

export const COMMANDS = { step, sleep, hook, receive, child, cancel, generation } satisfies {
  readonly [K in Kind]: CommandKind<Kinds[K]>;
};

export type Kind = keyof Kinds;
/** What workflow code asks for at one point. */
export type Command = Kinds[Kind]["asked"];
/** A command that the code has issued and that has no result yet. */
export type PendingCommand = Kinds[Kind]["pending"];
/** A command that is recorded in the log and not settled. */
export type OpenCommand = Kinds[Kind]["open"];
/** What a log says of a command. */
export type CommandEvent = EventOfKind[Kind];
export type EventOfKind = { readonly [K in Kind]: z.output<Kinds[K]["schemas"][number]> };

type CommandSchemas = Kinds[Kind]["schemas"][number];
export const COMMAND_SCHEMAS: readonly CommandSchemas[] = Object.values(COMMANDS).flatMap(
  ({ schemas }): readonly CommandSchemas[] => schemas,
);

/** A record, whichever kind it is of: it is given only what is of its own kind. */
type AnyKind = Omit<CommandKind<AnyTypes>, "events" | "schemas">;
interface AnyTypes extends KindTypes {
  schemas: readonly CommandSchemas[];
  asked: Command;
  pending: PendingCommand;
  open: OpenCommand;
}
type AnyRole = Role<CommandEvent, OpenCommand>;

const BY_KIND: Readonly<Record<Kind, AnyKind>> = COMMANDS;

const BY_EVENT: ReadonlyMap<string, { kind: Kind; role: AnyRole }> = new Map(
  (Object.keys(COMMANDS) as Kind[]).flatMap((kind) =>
    Object.entries<AnyRole>(COMMANDS[kind].events).map(
      ([type, role]) => [type, { kind, role }] as const,
    ),
  ),
);

/** The record of a command's kind. */
export function kindOf({ kind }: { readonly kind: Kind }): AnyKind {
  return BY_KIND[kind];
}

/** What errors call a command. */
export function labelOf(command: { readonly kind: Kind; readonly name: string }): string {
  return kindOf(command).label(command.name);
}

/** Whether an event is one of a command, and has that command's number. */
export function isOfCommand<Event extends { readonly type: string }>(
  event: Event,
): event is Extract<Event, { type: CommandEvent["type"] }> {
  return BY_EVENT.has(event.type);
}

/** The kind of command that an event is of. */
export function kindIn(event: CommandEvent): Kind {
  return lookUp(event).kind;
}

/** What an event does to its command. */
export function roleOf(event: CommandEvent): AnyRole {
  return lookUp(event).role;
}

function lookUp({ type }: CommandEvent): { kind: Kind; role: AnyRole } {
  const found = BY_EVENT.get(type);
  if (!found) throw new Error(`no kind of command has the event ${type}`);
  return found;
}

/** The name that its author gave the command that an event is of, if that kind has names. */
export function nameIn(event: CommandEvent): string | undefined {
  return BY_KIND[kindIn(event)].nameIn(event);
}

/** What errors call the command that an event is of. */
export function labelIn(event: CommandEvent): string {
  const kind = kindIn(event);
  return labelOf({ kind, name: nameIn(event) ?? kind });
}

/** When what an event opens is due by itself. */
export function dueAfter(event: CommandEvent): number | undefined {
  const open = openedBy(event);
  return open && kindOf(open).dueAt(open);
}

/** Whether an event opens what somebody outside is asked for. */
export function asksOutside(event: CommandEvent): boolean {
  const open = openedBy(event);
  const group = open && kindOf(open).group(open);
  return group !== undefined && OUTSIDE.includes(group);
}

/** Whether the code learns something by an event, so that it goes on. */
export function tellsCode(event: CommandEvent): boolean {
  const role = roleOf(event);
  return role.does === "settles" || (role.does === "opens" && role.tells !== undefined);
}

/** What of a run is settled by others. */
const OUTSIDE: readonly Group[] = ["asked", "receives", "children", "apart", "stopping"];

function openedBy(event: CommandEvent): OpenCommand | undefined {
  const role = roleOf(event);
  return role.does === "opens" || role.does === "changes" ? role.open(event, ANYWHERE) : undefined;
}

/** What is asked of it here does not depend on where an event stands. */
const ANYWHERE = { at: 0, position: 0, absorbed: [] };

/** Whether an event is one of this kind of command. */
export function isEventOf<K extends Kind>(
  kind: K,
  event: { readonly type: string },
): event is EventOfKind[K] {
  return BY_EVENT.get(event.type)?.kind === kind;
}

/** Whether a command is a step, open or waited for. */
export function isStep<Command extends { readonly kind: Kind }>(
  command: Command | undefined,
): command is Extract<Command, { kind: "step" }> {
  return command?.kind === "step";
}

/** Whether a command is a receive, open or waited for. */
export function isReceive<Command extends { readonly kind: Kind }>(
  command: Command | undefined,
): command is Extract<Command, { kind: "receive" }> {
  return command?.kind === "receive";
}

/** Whether a command is a `continueAsNew`. */
export function isGeneration<Command extends { readonly kind: Kind }>(
  command: Command | undefined,
): command is Extract<Command, { kind: "generation" }> {
  return command?.kind === "generation";
}

export function isClaimed(open: OpenCommand | undefined): open is ClaimedStep {
  return isStep(open) && open.phase.type === "running";
}

export function isChild(open: OpenCommand | undefined): open is OpenChild {
  return open?.kind === "child";
}

export function isTask(open: OpenCommand | undefined): open is ScheduledStep {
  return isStep(open) && open.phase.type === "scheduled";
}

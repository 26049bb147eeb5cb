/** How each kind of command is told to people, for shell and page. */
export type { EventOfKind, Kind } from "../../core/commands/index.ts";
export {
  type CommandRunEvent,
  isOfCommand,
  isWork,
  kindIn,
  nameIn,
  SHOWN_KINDS,
  type ShownKind,
  waitingText,
} from "../../core/shown-kinds.ts";

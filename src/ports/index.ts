/** What a store of one's own is written with: the contract, and what all stores have in common. */
export { ENTRY_LIMIT } from "../core/bounds.ts";
export type { Entry } from "../core/events.ts";
export { holdsTask, isClaimed, isWritten } from "./claims.ts";
export { compareDue } from "./due-list.ts";
export {
  checkBirths,
  checkEntry,
  checkNext,
  checkStart,
  checkUpdate,
  fitsInHead,
  fitsInTransaction,
  fittingChange,
  HEAD_PART_LIMIT,
  IN_HEAD_LIMIT,
  MOST_BIRTHS,
  RUN_ID_LIMIT,
  startBytes,
  VALUE_LIMIT,
} from "./limits.ts";
export { collectPage, type ListSource } from "./list-page.ts";
export { isOver, retentionMillis } from "./retention.ts";
export { compareNewestFirst, isDamaged, type ListPlace, stateOf, statesOf } from "./run-list.ts";
export { asEndMark, asEntry, asHead, asTask, salvage } from "./shapes.ts";
export { aroundStore, type StoreCall, type StoreCallName } from "./store/around.ts";
export type {
  AppendAnswer,
  AppendOptions,
  ChildStore,
  CreateAnswer,
  DamagedRun,
  DueMove,
  DueRequest,
  DueRun,
  EndMark,
  EntryRow,
  GenerationLink,
  HeadChange,
  HeadPatch,
  KeptEntry,
  KeptMark,
  LeftMark,
  LogRange,
  LogStore,
  MarkRow,
  NextLog,
  PageRequest,
  ParentLink,
  PatchAnswer,
  Row,
  RowName,
  RunFilter,
  RunHead,
  RunKey,
  RunPage,
  RunStore,
  StartedHead,
  Store,
  Task,
  TaskAnswer,
  TaskChange,
  TaskClaim,
  TaskEnd,
  TaskStore,
  TaskUpdate,
} from "./store.ts";

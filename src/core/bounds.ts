/** What callers may send, for every entrance. */

/** Names, versions, ids, keys and tags. Lone surrogates are no text that UTF-8 could keep. */
export const LABEL = /^[^\p{Cc}\p{Cs}]{1,256}$/u;
export const MOST_TAGS = 50;
export const MOST_PATCHES = 100;
/** How many levels of children there may be below a run that is nobody's child. */
export const DEEPEST_FAMILY = 16;
/** Characters of a reason, or of who asked. */
export const LONGEST_REASON = 1000;
/**
 * A page of runs or events has at most so many; `USUAL_PAGE` of runs if the caller does not say.
 */
export const LARGEST_PAGE = 1000;
export const USUAL_PAGE = 50;
/** Bytes of a page of events. The event that would make it larger begins the next one. */
export const LARGEST_PAGE_BYTES = 1024 * 1024;
/** How many events the log of a run may have, unless its workflow says; and what it may say. */
export const USUAL_EVENTS = 50_000;
export const MOST_EVENTS = 1_000_000;
/** So much of it is reached when its author is warned for the first time; then each time as much again. */
export const WARNED_EVENTS = 0.2;
/** How long who waits for the end of a run waits, unless it is said how long. */
export const USUAL_WAIT_MS = 30_000;

/**
 * What a run keeps of messages that nobody has received: so many, of so many bytes. More are refused, and
 * so are those that would fill more than this part of what its log may have in events.
 */
export const MOST_UNRECEIVED = 10_000;
export const MOST_UNRECEIVED_BYTES = 2 * 1024 * 1024;
export const SENDERS_PART = 0.9;

/** How many levels a value may nest: two thirds of what a fifth of Node's stack lets be read and compared. */
export const DEEPEST_VALUE = 100;
/** And where values stand in a request or an answer. */
export const DEEPEST_BODY = DEEPEST_VALUE + 10;
/** Digits of a BigInt. The time to read one grows faster than its length. */
export const LONGEST_BIGINT = 10_000;

/** One item of the store, in bytes as DynamoDB counts them: names and values together. */
const ITEM_LIMIT = 400 * 1024;
/** Keys, attribute names, numbers. */
const ITEM_OVERHEAD = 4 * 1024;
/** The events of one entry, in bytes. */
export const ENTRY_LIMIT = ITEM_LIMIT - ITEM_OVERHEAD;
/** Longer entries are cut here and go on in the next one. */
export const ENTRY_BYTES = 256 * 1024;

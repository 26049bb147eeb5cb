/** What callers may send, for every entrance. */

/** Ids, keys and tags. Lone surrogates are no text that UTF-8 could keep. */
export const LABEL = /^[^\p{Cc}\p{Cs}]{1,256}$/u;
export const LABEL_RULE = "text of 1 to 256 characters without control characters";
export const MOST_TAGS = 50;
/** Characters of a reason, or of who asked. */
export const LONGEST_REASON = 1000;
/** How many runs or events one page has. */
export const LARGEST_PAGE = 1000;

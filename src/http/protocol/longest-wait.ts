/**
 * How long a request waits for the end of a run: a gateway gives up after some 30 s, and the answer
 * must come before that. Whoever wants to wait longer asks again.
 */
export const LONGEST_WAIT_MS = 25_000;

/** Promises as a replay hands them to workflow code. */

/** Waiting without end: nothing settles it, and nothing is thrown. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** The engine's own promises may be rejected before anyone awaits them. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

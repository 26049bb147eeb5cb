/** A copy that shares nothing, without the fields that are `undefined`. Everything kept is JSON. */
export function copy<Kept>(kept: Kept): Kept {
  return kept === undefined ? kept : JSON.parse(JSON.stringify(kept));
}

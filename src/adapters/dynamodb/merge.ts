/** Sorted sources as one, without repeats. Reads each source no further than it is asked. */
export async function* merge<Each>(
  sources: readonly AsyncIterator<Each>[],
  compare: (a: Each, b: Each) => number,
): AsyncGenerator<Each> {
  const open = (await Promise.all(sources.map(readOn))).flat();
  let last: Each | undefined;
  while (true) {
    const [first] = open.sort((a, b) => compare(a.value, b.value));
    if (!first) return;
    if (last === undefined || compare(last, first.value) !== 0) yield first.value;
    last = first.value;
    open.splice(0, 1, ...(await readOn(first.source)));
  }
}

/** A source with its next value, or nothing at its end. */
async function readOn<Each>(
  source: AsyncIterator<Each>,
): Promise<{ source: AsyncIterator<Each>; value: Each }[]> {
  const next = await source.next();
  return next.done ? [] : [{ source, value: next.value }];
}

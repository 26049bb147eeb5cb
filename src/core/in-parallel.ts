/** How many things are done at once where nobody says otherwise. */
const AT_ONCE = 25;

/**
 * Does something with each, a bounded number at once. What fails keeps the rest from being begun.
 *
 * @param mapper must not hold on to the whole: what follows begins as soon as one is done.
 * @returns the answers, in the order of `all`.
 * @throws the first failure.
 */
export async function inParallel<Each, Answer>(
  all: readonly Each[],
  mapper: (each: Each) => Promise<Answer>,
  atOnce = AT_ONCE,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const rest = all.entries();
  const worker = async (): Promise<void> => {
    for (const [index, each] of rest) answers[index] = await mapper(each);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
  return answers;
}

const AT_ONCE = 25;

/** Does something with each, a bounded number at once; the answers are in order. */
export async function inParallel<Each, Answer>(
  all: readonly Each[],
  work: (each: Each) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const rest = all.entries();
  const worker = async (): Promise<void> => {
    for (const [index, each] of rest) answers[index] = await work(each);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, worker));
  return answers;
}

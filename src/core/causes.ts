/** An error, its causes and its aggregated errors, and theirs, each once. */
export function errorsIn(error: unknown): unknown[] {
  const found = new Set([error]);
  // A set hands out what is added to it meanwhile, and each once.
  for (const each of found) {
    for (const inner of innerErrors(each)) found.add(inner);
  }
  return [...found];
}

function innerErrors(error: unknown): unknown[] {
  if (typeof error !== "object" || error === null) return [];
  try {
    const { cause, errors } = error as { cause?: unknown; errors?: unknown };
    return Array.isArray(errors) ? [cause, ...errors] : [cause];
  } catch {
    return []; // A getter that throws.
  }
}

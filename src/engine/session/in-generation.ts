import type { Session } from "./session.ts";

/**
 * Does something with a run as a session knows it; and again, from the start, where that log is over by
 * now and the run goes on in another one, or where the run is another one.
 */
export async function inGeneration<T>(
  session: Session,
  work: () => Promise<T>,
  again: () => Promise<T>,
): Promise<T> {
  try {
    return await session.use(work);
  } catch (error) {
    if (!session.gone) throw error;
    session.retired = true;
    return await again();
  }
}

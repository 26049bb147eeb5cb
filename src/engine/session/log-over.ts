/** The log of a session is over and its run goes on in another one: whatever was to be done is done there. */
export class LogOver extends Error {
  override readonly name = "LogOver";

  constructor(runId: string) {
    super(`Run "${runId}" goes on in its next generation.`);
  }
}

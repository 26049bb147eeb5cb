/** Where messages are sent to. */
export const MESSAGES_PATH = "/runs/{runId}/messages/{channel}";

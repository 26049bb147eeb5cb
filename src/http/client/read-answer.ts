import { decode, type Encoded } from "../../core/value.ts";
import { LOSSLESS_TYPE } from "../protocol/media-types.ts";
import { ClientError } from "./client-error.ts";
import { type SentError, sentErrorIn } from "./revive-error.ts";

/** What was answered: a success with its value, anything else with an error. */
export interface Answer {
  status: number;
  value: unknown;
  error: SentError | undefined;
}

/** @throws ClientError for what is not the answer of a Detent app. */
export function readAnswer(response: Response, text: string, what: string): Answer {
  const { status } = response;
  if (response.type === "opaqueredirect" || (status >= 300 && status < 400)) {
    const to = response.headers.get("Location");
    throw new ClientError(
      "answer.unexpected",
      `${what} was redirected${to ? ` to ${to}` : ""}, and redirects are not followed. Use the address where the Detent app itself answers, with https if it needs that.`,
      { status },
    );
  }
  const type = response.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  try {
    if (response.ok && type === LOSSLESS_TYPE) {
      return { status, value: decode(JSON.parse(text) as Encoded), error: undefined };
    }
    const error = response.ok ? undefined : sentErrorIn(JSON.parse(text));
    if (error) return { status, value: JSON.parse(text), error };
  } catch {
    // Not ours either.
  }
  throw new ClientError(
    "answer.unexpected",
    `${what} was answered by something that is not a Detent app: ${status} ${type || "without a type"}, ${excerpt(text)}. Check the address, and what stands between here and the app.`,
    { status },
  );
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line === "") return "an empty body";
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line);
}

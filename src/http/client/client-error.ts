/** What goes wrong between a client and its service. */
import { DetentError, type ErrorOptions } from "../../core/errors.ts";
import type { HttpErrorCode } from "../error-status.ts";

export type ClientErrorCode =
  /** No answer came: nothing listens there, or it took too long. */
  | "connection.failed"
  /** Something answered that is not a Detent app. */
  | "answer.unexpected"
  | HttpErrorCode;

/** The service cannot be reached, or does not take what this client sent. */
export class ClientError extends DetentError<ClientErrorCode> {
  /** Of the answer, if there was one. */
  readonly status?: number;

  constructor(
    code: ClientErrorCode,
    message: string,
    { status, ...options }: ErrorOptions & { status?: number } = {},
  ) {
    super(code, message, options);
    if (status !== undefined) this.status = status;
  }
}

import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Duration, toMillis } from "../core/duration.ts";
import { ConfigurationError } from "../core/errors.ts";
import { isLabel, RULES } from "../core/option-rules.ts";
import { isSchema, jsonSchemaOf } from "./schema.ts";
import { currentScope } from "./scope.ts";

export interface HookOptions<T> {
  /**
   * Validates a payload when it is delivered; one that does not fit is refused to its sender. What
   * the schema puts out is stored and handed to the code.
   */
  schema?: StandardSchemaV1<unknown, T> | undefined;
  /** How long the run waits for a payload. Default: for ever. */
  timeout?: Duration | undefined;
}

/** An address for somebody outside. Awaiting it waits for the payload. */
export interface Hook<T> extends PromiseLike<T> {
  /**
   * By which `engine.resumeHook` and `POST /hooks/:token` find it: whoever has it may answer. The
   * same at every replay, and usable in a URL as it is.
   */
  readonly token: string;
}

/**
 * Asks somebody outside, once. The token is known at once, so it may go into a mail before the hook is
 * awaited; a payload that comes before is kept. What was not resumed in its time rejects with
 * `HookTimeoutError`.
 *
 * @example
 * const approval = hook("approval", { schema: z.object({ approved: z.boolean() }), timeout: "2d" });
 * await sendMail(order, `https://detent.example/hooks/${approval.token}`);
 * const { approved } = await approval;
 * @throws ConfigurationError outside of a workflow, in a step, for a bad name or schema;
 *   InvalidInputError for a bad timeout.
 */
export function hook<T = unknown>(name: string, options: HookOptions<T> = {}): Hook<T> {
  const { schema, timeout } = options;
  if (!isLabel(name)) {
    throw new ConfigurationError(`A hook needs a name, ${RULES.label.wanted}: hook("approval").`);
  }
  if (schema !== undefined && !isSchema(schema)) {
    throw new ConfigurationError(
      `The schema of hook "${name}" is no Standard Schema. Pass a schema of zod (3.24 or newer), valibot or arktype.`,
    );
  }
  const timeoutMs = timeout === undefined ? undefined : toMillis(timeout, "timeout");
  const scope = currentScope();
  if (scope?.kind !== "workflow") {
    const where = scope ? `in step "${scope.step}"` : "outside of a workflow";
    throw new ConfigurationError(
      `hook("${name}") was called ${where}. Call it in the workflow's code, and hand its token to the step that needs it.`,
    );
  }
  const issued = scope.host.issueAhead(
    {
      kind: "hook",
      name,
      timeoutMs,
      schema,
      jsonSchema: () => jsonSchemaOf(schema),
    },
    scope,
  );
  return {
    token: issued.token,
    // biome-ignore lint/suspicious/noThenProperty: it is awaited, and waits only from then on.
    then: (onReceived, onRejected) => (issued.wait() as Promise<T>).then(onReceived, onRejected),
  };
}

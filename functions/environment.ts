import * as z from "zod/mini";
import { ConfigurationError } from "../src/index.ts";
import { LOG_LEVELS } from "../src/ports/logger.ts";

const text = (what: string) =>
  z.string(`is missing: ${what}`).check(z.minLength(1, `is empty: ${what}`));

/** Every variable that a function may need; the template sets those that it does need. */
const VARIABLES = {
  DETENT_TABLE: text("the name of the table"),
  DETENT_QUEUE_URL: text("the URL of the queue of continuations").check(
    z.url("is no URL of a queue"),
  ),
  DETENT_TOKENS: z.pipe(
    text(
      "the tokens that the API lets in, separated by commas; or DETENT_TOKEN_SECRET, the name of the secret that holds them",
    ),
    z.transform((tokens: string) => tokens.split(",").map((token) => token.trim())),
  ),
  DETENT_LOG_LEVEL: z._default(
    z.enum(LOG_LEVELS, `is no level of a log: ${LOG_LEVELS.join(", ")}`),
    "info",
  ),
} as const;

export type Variable = keyof typeof VARIABLES;

export type Environment<Name extends Variable> = {
  [Key in Name]: z.output<(typeof VARIABLES)[Key]>;
};

/** @throws ConfigurationError that lists everything that is missing or wrong. */
export function readEnvironment<const Name extends Variable>(
  names: readonly Name[],
  given: NodeJS.ProcessEnv = process.env,
): Environment<Name> {
  const wanted = Object.fromEntries(names.map((name) => [name, VARIABLES[name]]));
  const read = z.object(wanted).safeParse(given);
  if (read.success) return read.data as Environment<Name>;
  const problems = read.error.issues.map(({ path, message }) => `- ${path.join(".")} ${message}`);
  throw new ConfigurationError(
    `The environment of this function is not as it should be:\n${problems.join("\n")}\nSet these variables in its configuration.`,
  );
}

import * as z from "zod/mini";
import { HookNotFoundError } from "../../core/errors.ts";
import type { ResumeAnswer } from "../../engine/engine.ts";
import { answer } from "../answer.ts";
import { readValue } from "../body.ts";
import { check } from "../check.ts";
import { type Shape, text, value } from "../fields/answers.ts";
import { labelSchema } from "../fields/requests.ts";
import { components } from "../openapi/json-schema.ts";
import { DELIVERY_HEADER, HOOKS_PATH } from "../protocol/hooks.ts";
import { bareRoute } from "./route.ts";

const resumeAnswer = z
  .object({ runId: text } satisfies Shape<ResumeAnswer>)
  .register(components, { id: "ResumeAnswer" });

/**
 * Where somebody outside answers. The token is the secret, so no other is asked for, and it is open to
 * pages of other origins, too. The body is the payload: who calls may have never heard of Detent.
 */
export const resumeHook = bareRoute({
  id: "resumeHook",
  method: "post",
  path: HOOKS_PATH,
  summary: "Hand a payload to a hook: the body, whatever JSON that is",
  access: "open",
  inPath: { token: "As the workflow gave it away." },
  headers: {
    [DELIVERY_HEADER]: {
      description: "The same delivery again, by the same key, changes nothing and is a success.",
      schema: labelSchema,
    },
  },
  body: value,
  answers: {
    202: { description: "The payload is in the log, and the run goes on.", schema: resumeAnswer },
  },
  fails: [404, 409, 410, 500, 503],
  handler({ engine, bodyLimit }) {
    return async (c) => {
      const token = c.req.param("token");
      if (token === undefined) throw new HookNotFoundError();
      const given = c.req.header(DELIVERY_HEADER);
      const deliveryId =
        given === undefined ? undefined : check(labelSchema, given, `The ${DELIVERY_HEADER}`);
      const payload = await readValue(c, bodyLimit);
      return answer(c, await engine.resumeHook(token, payload, { deliveryId }), 202);
    };
  },
});

import * as z from "zod/mini";
import type { SendAnswer } from "../../engine/engine.ts";
import { answer } from "../answer.ts";
import { type Shape, text } from "../fields/answers.ts";
import { labelSchema, reasonSchema } from "../fields/requests.ts";
import { components } from "../openapi/json-schema.ts";
import { MESSAGES_PATH } from "../protocol/messages.ts";
import { route } from "./route.ts";

const messageSchema = z.object(
  {
    payload: z.optional(z.unknown()),
    /** The same message again, by the same id, changes nothing. */
    messageId: z.optional(labelSchema),
    sentBy: z.optional(reasonSchema),
  },
  "must be an object",
);

const sendAnswer = z
  .object({ runId: text, duplicate: z.boolean() } satisfies Shape<SendAnswer>)
  .register(components, { id: "SendAnswer" });

export const sendMessage = route({
  id: "sendMessage",
  method: "post",
  path: MESSAGES_PATH,
  summary: "Send a message to a channel of a run, which keeps it until its code receives it",
  body: messageSchema,
  answers: {
    202: { description: "The message is in the log.", schema: sendAnswer, run: true },
    200: { description: "A message with its id came before.", schema: sendAnswer, run: true },
  },
  fails: [404, 409, 429, 503],
  tellsRun: true,
  handler:
    ({ engine }) =>
    async ({ c, ids, body: { payload, ...options } }) => {
      const sent = await engine.send(ids.runId, ids.channel, payload, options);
      return answer(c, sent, sent.duplicate ? 200 : 202);
    },
});

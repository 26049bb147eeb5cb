import * as z from "zod/mini";
import type { AnyChannel } from "../../authoring/channel.ts";
import { jsonSchemaOf } from "../../authoring/schema.ts";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { answerList } from "../answer.ts";
import { text } from "../fields/answers.ts";
import { components } from "../openapi/json-schema.ts";
import { route } from "./route.ts";

const workflowsAnswer = z
  .object({
    workflows: z.array(
      z.object({
        name: text,
        version: text,
        /** A JSON Schema, if the workflow's own schema tells one. */
        inputSchema: z.optional(z.record(text, z.unknown())),
        /** What its runs can be sent. */
        channels: z.array(
          z.object({ name: text, schema: z.optional(z.record(text, z.unknown())) }),
        ),
      }),
    ),
  })
  .register(components, { id: "WorkflowList" });

export const listWorkflows = route({
  id: "listWorkflows",
  method: "get",
  path: "/workflows",
  summary:
    "The registered workflows, with the JSON Schemas of what they take where those are known",
  answers: { 200: { description: "All of them.", schema: workflowsAnswer } },
  handler: ({ engine }) => {
    let workflows: object[] | undefined;
    return ({ c }) => {
      workflows ??= engine.workflows.map(describe);
      return answerList(c, "workflows", workflows);
    };
  },
});

function describe({ name, version, input, channels }: AnyWorkflow): object {
  const inputSchema = jsonSchemaOf(input);
  return {
    name,
    version,
    ...(inputSchema && { inputSchema }),
    channels: channels.map(describeChannel),
  };
}

function describeChannel({ name, schema: given }: AnyChannel): object {
  const schema = jsonSchemaOf(given);
  return { name, ...(schema && { schema }) };
}

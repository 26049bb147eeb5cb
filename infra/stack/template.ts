/** What all pieces of the template share. */

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: "Retain";
  UpdateReplacePolicy?: "Retain";
}

export type Resources = Record<string, Resource>;

/** The names that serverless.yml calls the pieces by. */
export const TABLE = "Table";
export const TURN_QUEUE = "TurnQueue";
export const DEAD_LETTER_QUEUE = "DeadLetterQueue";
export const API_TOKEN = "ApiToken";
export const ALARM_TOPIC = "AlarmTopic";
export const ALARM_KEY = "AlarmKey";

/** What the Serverless Framework calls the stage of the API. */
export const API_STAGE = "HttpApiStage";

/** The functions in serverless.yml, by the names that the Serverless Framework makes of them. */
export const FUNCTIONS = {
  api: { function: "ApiLambdaFunction", logs: "ApiLogGroup" },
  turn: { function: "TurnLambdaFunction", logs: "TurnLogGroup" },
  sweep: { function: "SweepLambdaFunction", logs: "SweepLogGroup" },
  deadLetter: { function: "DeadLetterLambdaFunction", logs: "DeadLetterLogGroup" },
} as const;

export type FunctionKey = keyof typeof FUNCTIONS;

export function ref(id: string): { Ref: string } {
  return { Ref: id };
}

export function attribute(id: string, name: string): { "Fn::GetAtt": [string, string] } {
  return { "Fn::GetAtt": [id, name] };
}

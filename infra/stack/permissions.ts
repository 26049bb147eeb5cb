/** One role for each function, with the actions and resources that it uses and no others. */
import { DUE_INDEX, LIST_INDEX } from "../../src/adapters/dynamodb/keys.ts";
import { settings } from "./settings.ts";
import {
  API_TOKEN,
  attribute,
  DEAD_LETTER_QUEUE,
  FUNCTIONS,
  type FunctionKey,
  type Resource,
  type Resources,
  ref,
  TABLE,
  TURN_QUEUE,
} from "./template.ts";

interface Statement {
  Effect: "Allow";
  Action: string[];
  Resource: unknown;
}

const tableArn = attribute(TABLE, "Arn");

function allow(resource: unknown, ...actions: string[]): Statement {
  return { Effect: "Allow", Action: actions, Resource: resource };
}

function index(name: string): unknown {
  return { "Fn::Join": ["/", [tableArn, "index", name]] };
}

/** Reads a queue as an event source. */
function consume(queue: string): Statement {
  const actions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
  return allow(attribute(queue, "Arn"), ...actions.map((action) => `sqs:${action}`));
}

/** Has a message that failed come again soon. */
const retry = allow(attribute(TURN_QUEUE, "Arn"), "sqs:ChangeMessageVisibility");

const send = allow(attribute(TURN_QUEUE, "Arn"), "sqs:SendMessage");

/** Reads and writes runs. A transaction needs the actions of its parts. */
const useRuns = allow(
  tableArn,
  ...["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem"].map(
    (each) => `dynamodb:${each}`,
  ),
);

const STATEMENTS: Record<FunctionKey, Statement[]> = {
  api: [
    useRuns,
    allow(index(LIST_INDEX), "dynamodb:Query"),
    send,
    allow(ref(API_TOKEN), "secretsmanager:GetSecretValue"),
  ],
  turn: [useRuns, send, consume(TURN_QUEUE), retry],
  sweep: [
    allow(tableArn, "dynamodb:GetItem", "dynamodb:UpdateItem"),
    allow(index(DUE_INDEX), "dynamodb:Query"),
    send,
  ],
  deadLetter: [useRuns, send, consume(DEAD_LETTER_QUEUE)],
};

/** What DynamoDB does with a key of the user's, it does in the name of who calls it. */
function decrypt(tableKey: string): Statement {
  const actions = ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey"];
  const others = ["DescribeKey", "CreateGrant"];
  return allow(tableKey, ...[...actions, ...others].map((action) => `kms:${action}`));
}

const unlock = settings.tableKey === undefined ? [] : [decrypt(settings.tableKey)];

function role(key: FunctionKey): Resource {
  const logs = allow(
    attribute(FUNCTIONS[key].logs, "Arn"),
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  );
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "lambda.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ],
      },
      Policies: [
        {
          PolicyName: key,
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [...STATEMENTS[key], ...unlock, logs],
          },
        },
      ],
    },
  };
}

/** `ApiRole`, `TurnRole`, `SweepRole`, `DeadLetterRole`. */
export const roles: Resources = {
  ApiRole: role("api"),
  TurnRole: role("turn"),
  SweepRole: role("sweep"),
  DeadLetterRole: role("deadLetter"),
};

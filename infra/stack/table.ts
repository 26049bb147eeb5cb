import { TTL_ATTRIBUTE, tableDefinition } from "../../src/adapters/dynamodb/keys.ts";
import { type Resources, TABLE } from "./template.ts";

/** The table that `createTable` would make, with backups; it outlives the stack. */
export const table: Resources = {
  [TABLE]: {
    Type: "AWS::DynamoDB::Table",
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
    Properties: {
      ...tableDefinition,
      TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
  },
};

import { TTL_ATTRIBUTE, tableDefinition } from "../../src/adapters/dynamodb/keys.ts";
import { settings } from "./settings.ts";
import { type Resources, TABLE } from "./template.ts";

const { deletionProtection, tableKey } = settings;

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
      DeletionProtectionEnabled: deletionProtection,
      ...(tableKey !== undefined && {
        SSESpecification: { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: tableKey },
      }),
    },
  },
};

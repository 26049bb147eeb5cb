import type { TestProject } from "vitest/node";
import { startDynamoLocal } from "../infra/dynamodb-local.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the one DynamoDB Local of this test run answers. Every test file makes its own table. */
    dynamodbEndpoint: string;
  }
}

/** Starts the DynamoDB Local that all test files share, before the first of them. */
export default async function startDynamodb(project: TestProject): Promise<() => Promise<void>> {
  const dynamodb = await startDynamoLocal().catch(refuseToTest);
  project.provide("dynamodbEndpoint", dynamodb.endpoint);
  return () => dynamodb.stop();
}

/** Vitest would bury the reason below a complaint that it found no test files. */
function refuseToTest(reason: Error): never {
  console.error(`\n${reason.message}\n`);
  process.exit(1);
}

export { type CreateTableOptions, createTable } from "./create-table.ts";
export { tableDefinition } from "./keys.ts";
export type { DynamoClient } from "./requests.ts";
export { createDynamoStore, type DynamoStoreOptions } from "./store.ts";

/** What readers of the documents have of their own, where the snippets say no more of it. */

declare const workflows: import("detent").AnyWorkflow[];
declare const engine: import("detent/engine").Engine;
declare const client: import("@aws-sdk/client-dynamodb").DynamoDBClient;
declare const tableName: string;
declare const store: import("detent/engine").Store;
declare const scheduler: import("detent/engine").Scheduler;
declare const tokens: string[];
declare const token: string;
declare const queue: import("detent/http").HttpSchedulerOptions["queue"];

declare const payments: {
  charge(orderId: string): Promise<string>;
  refund(orderId: string): Promise<void>;
};
declare const mail: { send(to: string, text: string): Promise<void> };
declare const trips: { book(tripId: string): Promise<void> };
declare const depot: { pack(orderId: string): Promise<string> };
declare const fraud: { check(orderId: string): Promise<void> };
declare const carrier: { ship(orderId: string): Promise<string> };

/* Google Cloud Tasks. */
declare const queueName: string;
declare function accessToken(): Promise<string>;

/* Cloudflare Workers. */
interface Env {
  TABLE: string;
  TOKEN: string;
  TURNS: { send(body: unknown, options?: { delaySeconds?: number }): Promise<void> };
}
interface MessageBatch {
  messages: readonly {
    body: import("detent/engine").Continuation;
    ack(): void;
    retry(options?: { delaySeconds?: number }): void;
  }[];
}
declare function createClient(env: Env): import("@aws-sdk/client-dynamodb").DynamoDBClient;

/** What of the stack you may want otherwise: put your own values here. */
export interface StackSettings {
  /** An alarm rings when more runs than this fail within five minutes. */
  failedRuns: number;
  /** Whether the table refuses to be deleted until that is turned off. */
  deletionProtection: boolean;
  /** The ARN of a key of your own in KMS that encrypts the table. Left out: one of DynamoDB's. */
  tableKey?: string;
  /** What the API takes from all callers together; more is answered with 429. */
  throttle: { requestsPerSecond: number; burst: number };
}

export const settings: StackSettings = {
  failedRuns: 10,
  deletionProtection: true,
  throttle: { requestsPerSecond: 200, burst: 400 },
};

/** What the record of a cancellation will say, and how long to wait for its end. */
export interface CancelRequest {
  reason: string | undefined;
  requestedBy: string | undefined;
  gracePeriod: string | undefined;
  wait: boolean;
  timeout: string;
}

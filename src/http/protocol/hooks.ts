/** Where payloads are handed to hooks, and how a delivery that is made again says so. */

export const HOOKS_PATH = "/hooks/{token}";
export const DELIVERY_HEADER = "Idempotency-Key";

/** Where continuations are pushed to, and where their signature stands. */

export const CONTINUATIONS_PATH = "/continuations";
export const SIGNATURE_HEADER = "Detent-Signature";

/** In which two forms bodies and answers go and come. */

export const JSON_TYPE = "application/json";
/** Every value survives: JSON as `encode` of core/value.ts makes it. */
export const LOSSLESS_TYPE = "application/vnd.detent+json";

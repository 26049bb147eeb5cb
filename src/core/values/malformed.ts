/** Why an encoding cannot be read, in words for whoever sent it. */
export class Malformed extends Error {}

/**
 * Why a value cannot be kept. Inside an error it is caught and the field is left out; elsewhere it
 * is told.
 */
export class Unkeepable extends Error {
  /** Which of the fields of the value at hand. */
  readonly field: PropertyKey | undefined;

  constructor(why: string, field?: PropertyKey) {
    super(why);
    this.field = field;
  }
}

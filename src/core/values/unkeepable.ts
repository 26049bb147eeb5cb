/** Why something cannot be kept: caught where it is part of an error, told where it is part of a value. */
export class Unkeepable extends Error {
  /** Which of the fields of the value at hand. */
  readonly field: PropertyKey | undefined;

  constructor(why: string, field?: PropertyKey) {
    super(why);
    this.field = field;
  }
}

/** A small change to the code that breaks one of its rules: a test should tell. */
export interface Mutant {
  /** Short, unique, and lasting: reports and `--only` name it. */
  id: string;
  /** The rule that it breaks, as a sentence. */
  rule: string;
  /** Where it is, from the root of the project. */
  file: string;
  /** Stands there exactly once. White space counts as one blank, so that a line may be broken. */
  search: string;
  replace: string;
  /** The tests that should tell, from the root of the project: files, or a file and a part of a name. */
  killers: readonly Killer[];
}

/** A file of tests; `also` narrows it to those whose names contain it. */
export type Killer = string | { file: string; also: string };

/** The mutants of one area share the file that they are in, or the tests that tell. */
export function mutantsOf(
  area: string,
  common: Pick<Mutant, "killers"> & Partial<Pick<Mutant, "file">>,
  mutants: readonly Partial<Mutant>[],
): Mutant[] {
  return mutants.map((each) => {
    const { id, rule, file, search, replace, killers } = { ...common, ...each };
    if (!id || !rule || !file || search === undefined || replace === undefined || !killers) {
      throw new Error(`A mutant of ${area} says too little: ${JSON.stringify(each)}`);
    }
    return { id: `${area}/${id}`, rule, file, search, replace, killers };
  });
}

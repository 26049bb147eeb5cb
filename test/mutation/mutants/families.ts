/** How people find the runs of a family. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const file = "src/engine/calls/read-children.ts";
const killers = ["test/engine/families/listing.test.ts"];

export const families: Mutant[] = [
  ...mutantsOf("children", { file, killers }, [
    {
      id: "limit",
      rule: "a page of children ends with its limit",
      search: "isBirth && born.length === limit",
      replace: "isBirth && born.length === limit + 1",
    },
    {
      id: "bytes",
      rule: "a page of children reads no more of the log than 1 MB",
      search: "left -= sizeOf(event);",
      replace: "left -= 0 * sizeOf(event);",
    },
    {
      id: "later-run",
      rule: "a later run with a child's id is nobody's child",
      search: "head?.parent?.incarnation === incarnation",
      replace: "head !== undefined",
    },
    {
      id: "cursor",
      rule: "a cursor that no list of children made is refused",
      search: "if (RULES.seq.fits(seq)) return seq;",
      replace: "if (RULES.seq.fits(seq) || seq < 0) return 0;",
    },
  ]),
  ...mutantsOf(
    "family",
    { file: "src/cli/runs/read-family.ts", killers: ["test/cli/children.test.ts"] },
    [
      {
        id: "depth",
        rule: "a family is read to the depth that is asked for",
        search: "let left = depth; left > 0",
        replace: "let left = depth; left >= 0",
      },
      {
        id: "more",
        rule: "a family says where there are more than it shows",
        search: "if (page.cursor !== undefined) parent.more = true;",
        replace: "",
      },
    ],
  ),
];

/** A family as a tree, a run a line. */
import { columns } from "../columns.ts";
import type { Answer, Colours } from "../output.ts";
import { showStatus } from "../status-colour.ts";
import { cut, visible } from "../text.ts";
import type { Family } from "./read-family.ts";
import { noteOf, took } from "./show-runs.ts";

export function showFamily(family: Family): Answer {
  return {
    json: family,
    plain: plainRows(family, 0),
    table: (colours, width) =>
      columns(
        ["RUN", "WORKFLOW", "STATUS", "TOOK", "NOTE"],
        treeRows(family, { first: "", rest: "" }, colours).map((cells) =>
          cells.map((cell, at) => (at === 4 ? cut(cell, Math.max(20, width - 90)) : cell)),
        ),
        colours,
      ),
  };
}

/** How deep it is, and the fields of a list. */
function plainRows(family: Family, depth: number): string[][] {
  const { runId, workflow, status, createdAt, endedAt, children } = family;
  const ended = endedAt?.toISOString() ?? "";
  const row = [String(depth), runId, workflow, status, createdAt.toISOString(), ended];
  return [row, ...children.flatMap((each) => plainRows(each, depth + 1))];
}

/** What stands before a run's own line, and before those of its children. */
interface Branch {
  first: string;
  rest: string;
}

function treeRows(family: Family, { first, rest }: Branch, colours: Colours): string[][] {
  const { runId, workflow, status, children, more } = family;
  const own = [
    `${colours.dim(first)}${visible(runId)}`,
    visible(workflow),
    showStatus(status, colours),
    took(family),
    noteOf(family),
  ];
  const below = children.flatMap((each, index) => {
    const isLast = index === children.length - 1 && !more;
    const branch = {
      first: rest + (isLast ? "└─ " : "├─ "),
      rest: rest + (isLast ? "   " : "│  "),
    };
    return treeRows(each, branch, colours);
  });
  const hidden = more ? [[colours.dim(`${rest}└─ and more`), "", "", "", ""]] : [];
  return [own, ...below, ...hidden];
}

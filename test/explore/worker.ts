/** A process of the explorer's: it explores what it is sent, one program after the other. */
import { type Explored, type ExploreOptions, exploreProgram } from "./explore-program.ts";
import { programNamed } from "./programs.ts";

export interface Order extends ExploreOptions {
  program: string;
}

export type Told = { explored: Explored } | { failed: string };

/** Nobody reads the stacks of errors that are expected. */
Error.stackTraceLimit = 0;

process.on("message", (order: Order) => {
  const explored = exploreProgram(programNamed(order.program), order);
  const tell = (told: Told): void => void process.send?.(told);
  explored.then(
    (explored) => tell({ explored }),
    (error: unknown) => tell({ failed: String(error) }),
  );
});

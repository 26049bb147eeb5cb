/** Holds code of a step until the test lets it go on. */
export interface Gate {
  /** What the step awaits. */
  pass(): Promise<void>;
  open(): void;
  /** How often it was reached. */
  readonly reached: number;
}

export function createGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let reached = 0;
  return {
    pass() {
      reached += 1;
      return opened;
    },
    open: () => open(),
    get reached() {
      return reached;
    },
  };
}

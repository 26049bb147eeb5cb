/** What a schedule costs: how often who could go on had to wait, and how much went wrong. */
export interface Cost {
  preemptions: number;
  misfortunes: number;
}

export const FREE: Cost = { preemptions: 0, misfortunes: 0 };

export function sum(one: Cost, other: Cost): Cost {
  return {
    preemptions: one.preemptions + other.preemptions,
    misfortunes: one.misfortunes + other.misfortunes,
  };
}

export function isWithin(cost: Cost, bounds: Cost): boolean {
  return cost.preemptions <= bounds.preemptions && cost.misfortunes <= bounds.misfortunes;
}

/** Every cost within the bounds: the least in all first, and of those the one with fewer misfortunes. */
export function costsWithin({ preemptions, misfortunes }: Cost): Cost[] {
  const costs: Cost[] = [];
  for (let total = 0; total <= preemptions + misfortunes; total += 1) {
    for (let wrong = 0; wrong <= Math.min(total, misfortunes); wrong += 1) {
      if (total - wrong <= preemptions) {
        costs.push({ preemptions: total - wrong, misfortunes: wrong });
      }
    }
  }
  return costs;
}

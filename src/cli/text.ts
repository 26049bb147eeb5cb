/** Times, durations and values as one line of text. */
import { readable } from "../core/readable.ts";
import { visible } from "../core/visible-text.ts";

export { visible };

/** `2030-01-31 12:00:00Z` */
export function showTime(time: Date): string {
  if (Number.isNaN(time.getTime())) return "?";
  return time.toISOString().replace("T", " ").replace(/\.\d+/, "");
}

/** `2030-01-31 12:00:00.123Z` */
export function showExactTime(time: Date): string {
  return Number.isNaN(time.getTime()) ? "?" : time.toISOString().replace("T", " ");
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** `350ms`, `4.2s`, `3m 20s`, `2d 4h` */
export function showDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 60_000) return `${Math.floor(ms / 100) / 10}s`;
  const [large, small] = UNITS.map(([unit, size], index) => {
    const above = UNITS[index - 1]?.[1] ?? Number.POSITIVE_INFINITY;
    return { unit, count: Math.floor((ms % above) / size) };
  }).slice(UNITS.findIndex(([, size]) => ms >= size));
  return [large, small]
    .flatMap((part) => (part && part.count > 0 ? `${part.count}${part.unit}` : []))
    .join(" ");
}

/** A payload as JSON in one line. */
export function showValue(value: unknown): string {
  return value === undefined ? "" : visible(JSON.stringify(readable(value)));
}

export function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
}

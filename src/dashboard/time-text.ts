/** Times and durations as people read them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `303 ms`, `1.2 s`, `2 m 05 s`, `1 h 02 m`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const rounded = Math.round(ms);
  if (rounded < SECOND) return `${rounded} ms`;
  if (rounded < 10 * SECOND) return `${trim(rounded / SECOND, 2)} s`;
  if (rounded < MINUTE) return `${trim(rounded / SECOND, 1)} s`;
  if (rounded < HOUR) return two(rounded, MINUTE, "m", SECOND, "s");
  if (rounded < DAY) return two(rounded, HOUR, "h", MINUTE, "m");
  return two(rounded, DAY, "d", HOUR, "h");
}

function two(ms: number, large: number, one: string, small: number, other: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${one}${rest === 0 ? "" : ` ${rest} ${other}`}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

/** `just now`, `5 m ago`, and the date where that says more. */
export function agoText(time: Date, now: number): string {
  const ms = now - time.getTime();
  if (ms < 5 * SECOND) return ms < -5 * SECOND ? timeText(time) : "just now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  if (ms < 7 * DAY) return `${Math.floor(ms / DAY)} d ago`;
  return time.toLocaleDateString(undefined, { dateStyle: "medium" });
}

const TO_THE_SECOND = {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
} as const;

/** In the reader's own zone, which it names, and language, to the second. */
export function timeText(time: Date): string {
  if (Number.isNaN(time.getTime())) return "Invalid Date";
  return time.toLocaleString(undefined, TO_THE_SECOND);
}

/** The reader's own zone at that time, such as `CET` or `GMT+5:30`. */
export function zoneText(time: Date): string {
  if (Number.isNaN(time.getTime())) return "";
  const parts = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" }).formatToParts(time);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** `12:00:03.120`, in the reader's own zone, which stands beside (`zoneText`). */
export function clockText(time: Date): string {
  const digits = (value: number, length: number): string => String(value).padStart(length, "0");
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${parts.map((part) => digits(part, 2)).join(":")}.${digits(time.getMilliseconds(), 3)}`;
}

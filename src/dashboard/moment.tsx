import { agoText, timeText } from "./time-text.ts";

/** A time: how long ago, and on pointing exactly when. */
export function Ago({ time, now }: { time: Date; now: number }) {
  return (
    <time dateTime={isoOf(time)} title={timeText(time)}>
      {agoText(time, now)}
    </time>
  );
}

/** A time, to the second. */
export function Moment({ time }: { time: Date }) {
  return <time dateTime={isoOf(time)}>{timeText(time)}</time>;
}

function isoOf(time: Date): string | undefined {
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** Small signs, drawn on a grid of 16. They are never the only word for what they mean. */
const PATHS = {
  back: "M10 3 5 8l5 5",
  branch: "M4.5 3v7.5h6M8 8l2.5 2.5L8 13",
  check: "m3.5 8.5 3 3 6-7",
  circle: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z",
  copy: "M6 6V3h7v7h-3M3 6h7v7H3Z",
  cross: "m4.5 4.5 7 7m0-7-7 7",
  down: "m4 6 4 4 4-4",
  flag: "M4 14V3h7.5L10 5.5 11.5 8H4",
  forward: "M3 8h9m-3.5-3.5L12 8l-3.5 3.5",
  inbox: "M2.5 9.5 4.5 3.5h7l2 6v3h-11Zm0 0h3.5l1 1.5h2l1-1.5h3.5",
  mail: "M2.5 4.5h11v7h-11Zm0 .5L8 9l5.5-4",
  moon: "M13 9.5A5.5 5.5 0 1 1 6.5 3 4.5 4.5 0 0 0 13 9.5Z",
  pause: "M6 4v8m4-8v8",
  play: "M5.5 3.5v9l7-4.5Z",
  shield: "M8 2.5 3.5 4v4c0 2.8 1.9 4.6 4.5 5.5 2.6-.9 4.5-2.7 4.5-5.5V4Z",
  slash: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3ZM4.5 11.5l7-7",
  stop: "M4.5 4.5h7v7h-7Z",
  turn: "M12.5 8A4.5 4.5 0 1 1 11 4.7M11.2 2v3h-3",
  warn: "M8 3 2.5 13h11ZM8 7v2.5m0 1.7v.1",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

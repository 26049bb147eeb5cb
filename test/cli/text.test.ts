import { describe, expect, test } from "vitest";
import { describeEvent } from "../../src/cli/runs/describe-event.ts";
import {
  cut,
  showDuration,
  showExactTime,
  showTime,
  showValue,
  visible,
} from "../../src/cli/text.ts";

describe("text from anywhere", () => {
  test.each([
    ["plain, with ümläuts and 🍋", "plain, with ümläuts and 🍋"],
    ["\u001b[31mred\u001b[0m", "\\u001b[31mred\\u001b[0m"],
    ["a\nb\r\tc", "a\\nb\\r\\tc"],
    ["\u009b2J\u007f", "\\u009b2J\\u007f"],
    ["abc\u202edcb", "abc\\u202edcb"],
  ])("%j is shown as %j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test("is cut where there is no room", () => {
    expect(cut("abcdef", 6)).toBe("abcdef");
    expect(cut("abcdefg", 6)).toBe("abcde…");
    expect(cut("ab", 0)).toBe("…");
  });
});

test.each([
  [0, "0ms"],
  [-5, "0ms"],
  [999, "999ms"],
  [1_000, "1s"],
  [4_250, "4.2s"],
  [59_999, "59.9s"],
  [60_000, "1m"],
  [200_000, "3m 20s"],
  [3_600_000, "1h"],
  [3_660_000, "1h 1m"],
  [86_400_000 + 30_000, "1d"],
  [2 * 86_400_000 + 4 * 3_600_000 + 5_000, "2d 4h"],
])("%s ms read as %s", (ms, text) => {
  expect(showDuration(ms)).toBe(text);
});

test("times are told in UTC", () => {
  const time = new Date("2030-01-31T12:00:00.123Z");
  expect(showTime(time)).toBe("2030-01-31 12:00:00Z");
  expect(showExactTime(time)).toBe("2030-01-31 12:00:00.123Z");
  expect(showTime(new Date(Number.NaN))).toBe("?");
  expect(showExactTime(new Date(Number.NaN))).toBe("?");
});

test("values are JSON in one line, whatever they are", () => {
  expect(showValue({ at: new Date(0), many: 5n, text: "a\nb" })).toBe(
    '{"at":"1970-01-01T00:00:00.000Z","many":"5","text":"a\\nb"}',
  );
  expect(showValue(undefined)).toBe("");
  expect(showValue("\u009b")).toBe('"\\u009b"');
});

test("an event is told with all it says, also one that is not known yet", () => {
  const at = new Date(0);
  const step = { seq: 1, at, step: "charge", command: 3, attempt: 2, shielded: true };
  expect(
    describeEvent({ ...step, type: "step.retrying", error: new Error("no"), retryAt: at }),
  ).toBe("charge, attempt 2, shielded, error Error: no, retry at 1970-01-01 00:00:00Z");
  const unknown = { seq: 1, at, type: "hook.created", token: "a\u001b", payload: { a: [1] } };
  expect(describeEvent(unknown as never)).toBe('token a\\u001b, payload {"a":[1]}');
});

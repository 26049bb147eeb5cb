import { describe, expect, it } from "vitest";
import { readEnvironment } from "../../functions/environment.ts";

const ALL = ["DETENT_TABLE", "DETENT_QUEUE_URL", "DETENT_TOKENS"] as const;
const given = {
  DETENT_TABLE: "runs",
  DETENT_QUEUE_URL: "https://sqs.eu-central-1.amazonaws.com/1/turns",
  DETENT_TOKENS: "one, two",
};

describe("the environment of a function", () => {
  it("is read as it is needed", () => {
    expect(readEnvironment(ALL, { ...given, HOME: "/" })).toEqual({
      ...given,
      DETENT_TOKENS: ["one", "two"],
    });
    expect(readEnvironment(["DETENT_TABLE"], { DETENT_TABLE: "runs" })).toEqual({
      DETENT_TABLE: "runs",
    });
  });

  it("says from which level on there is a log: info, unless it is set", () => {
    const levelOf = (level?: string) =>
      readEnvironment(["DETENT_LOG_LEVEL"], level === undefined ? {} : { DETENT_LOG_LEVEL: level });
    expect(levelOf()).toEqual({ DETENT_LOG_LEVEL: "info" });
    expect(levelOf("debug")).toEqual({ DETENT_LOG_LEVEL: "debug" });
    expect(() => levelOf("loud")).toThrow(
      "- DETENT_LOG_LEVEL is no level of a log: debug, info, warn, error",
    );
  });

  it("is refused with one error that lists everything missing or wrong", () => {
    const read = () => readEnvironment(ALL, { DETENT_TABLE: "", DETENT_QUEUE_URL: "turns" });
    expect(read).toThrow(expect.objectContaining({ code: "configuration.invalid" }));
    expect(read).toThrow(`The environment of this function is not as it should be:
- DETENT_TABLE is empty: the name of the table
- DETENT_QUEUE_URL is no URL of a queue
- DETENT_TOKENS is missing: the tokens that the API lets in, separated by commas; or DETENT_TOKEN_SECRET, the name of the secret that holds them
Set these variables in its configuration.`);
  });

  it("says nothing of what a variable holds", () => {
    expect(() => readEnvironment(ALL, { DETENT_TOKENS: "secret" })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("secret") }),
    );
  });
});

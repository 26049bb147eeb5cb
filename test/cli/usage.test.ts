import { describe, expect, test } from "vitest";
import { runHere } from "./shell-here.ts";

describe("wrong usage", () => {
  test.each([
    [["runs", "list", "--limit", "0"], /'0' is invalid. Give a whole number from 1/],
    [["runs", "list", "--status", "asleep"], /Allowed choices are pending, running/],
    [["runs", "list", "--created-after", "soon"], /Give a time with its zone/],
    [["runs", "list", "--created-after", "2030-02-31T00:00:00"], /Give a time with its zone/],
    [["runs", "lost"], /Unknown command 'lost'\n\(Did you mean list\?\)/],
    [["runs", "status"], /Missing required argument 'run'/],
    [["runs"], /A command is missing/],
    [["runs", "cancel"], /Give the id of a run, or --all/],
    [["runs", "cancel", "a", "--all"], /either the id of a run or --all/],
    [["runs", "cancel", "a", "--tag", "b"], /go with --all/],
    [["runs", "cancel", "a", "--yes"], /go with --all/],
    [["runs", "cancel", "a", "--timeout", "soon"], /Give a duration such as/],
    [["runs", "cancel", "a", "--grace", "-5"], /Give a duration such as/],
    [["runs", "cancel", "--all", "--yes", "--status", "failed"], /there is nothing to cancel/],
    [["runs", "list", "--url", "example.com"], /"example.com" is no address/],
    [["runs", "list", "--url", "http://"], /"http:\/\/" is no address/],
    [["runs", "list", "--url", "http://a@b.test"], /has a user, a query or a fragment/],
    [["runs", "list", "--token", "two words"], /characters that no header can carry/],
    [["runs", "list", "--colour"], /Unknown option '--colour'/],
    [["runs", "list", "too", "much"], /Too many arguments/],
    [["workflows", "run", "a", "--input", "{a}"], /The input {a} is no JSON.*--input @file\.json/],
    [["workflows", "run", "a", "--input", "@nowhere.json"], /cannot be read.*nowhere\.json/],
    [["table", "create"], /Give the table a name/],
    [["dev", "--port", "70000"], /Give a port from 0 to 65535/],
    [["dev", "--store", "disk"], /Allowed choices are memory, dynamodb/],
    [["dev", "--module", "nowhere.ts"], /There is no file .*nowhere\.ts/],
    [["dev"], /There is no module with workflows in .*Write src\/workflows\.ts/],
    [["completion", "tcsh"], /Allowed choices are bash, zsh, fish/],
  ])("%j is refused with what would be right", async (args, message) => {
    const { code, stdout, stderr } = await runHere([...args, "-o", "json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: expect.any(Object) });
    expect(JSON.parse(stdout).error.message).toMatch(message);
    expect(stderr).toBe("");
  });

  test.each([["--output=json"], ["-ojson"], ["--output", "json"], ["-o", "json"]])(
    "is one JSON document with %s %s",
    async (...format) => {
      const { code, stdout } = await runHere([...format, "runs", "lost"]);
      expect(code).toBe(2);
      expect(JSON.parse(stdout).error.code).toBe("usage");
    },
  );

  test("is words for everybody else, on standard error", async () => {
    for (const format of ["table", "plain", "xml"]) {
      const { code, stdout, stderr } = await runHere(["runs", "lost", "-o", format]);
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^error: .*\n.*\n?Add --help to see what is possible\.\n$/);
    }
  });

  test("of a group shows what is in it", async () => {
    const { stderr } = await runHere(["runs"]);
    expect(stderr).toContain("terminate [options] <run>");
    expect(stderr).not.toContain("help [command]");
  });
});

describe("help", () => {
  test.each([
    [["workflows", "list"]],
    [["workflows", "run"]],
    [["runs", "list"]],
    [["runs", "status"]],
    [["runs", "logs"]],
    [["runs", "cancel"]],
    [["runs", "terminate"]],
    [["table", "create"]],
    [["dev"]],
    [["completion"]],
  ])("of %j has an example, and what every command takes", async (command) => {
    const { code, stdout } = await runHere([...command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: detent ${command.join(" ")} `));
    expect(stdout).toContain("--output <format>");
    expect(stdout.slice(stdout.indexOf("Global Options"))).toContain(`detent ${command.join(" ")}`);
  });

  test.each([
    [["help"], ["--help"]],
    [
      ["help", "runs"],
      ["runs", "--help"],
    ],
    [
      ["help", "runs", "cancel"],
      ["runs", "cancel", "--help"],
    ],
    [
      ["runs", "help", "cancel"],
      ["runs", "cancel", "--help"],
    ],
    [
      ["runs", "help"],
      ["runs", "--help"],
    ],
  ])("is what %j says as well", async (asked, same) => {
    const [one, other] = await Promise.all([runHere(asked), runHere(same)]);
    expect(one.code).toBe(0);
    expect(one.stdout).toContain("Usage: detent");
    expect(one.stdout).toBe(other.stdout);
  });

  test("of what is not there is wrong usage", async () => {
    const { code, stderr } = await runHere(["help", "runs", "lose"]);
    expect(code).toBe(2);
    expect(stderr).toContain('There is no command "runs lose" to explain.');
  });

  test("of all names every command and exit code", async () => {
    const { stdout } = await runHere(["--help"]);
    for (const name of ["workflows", "runs", "table", "dev", "completion", "help"]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    }
    expect(stdout).toMatch(/0 done {3}1 failed {3}2 wrong usage {3}3 not found {3}4 already ended/);
    expect(stdout).not.toContain("complete ");
    expect(stdout).not.toContain("undefined");
  });

  test("tells the version", async () => {
    expect(await runHere(["--version"])).toEqual({ code: 0, stdout: "1.2.3\n", stderr: "" });
  });
});

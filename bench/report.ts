/** What was measured, for people and as JSON. */
import type { CancelMeasurement } from "./cancel-latency.ts";
import { columns } from "./columns.ts";
import { type Counts, total } from "./meter.ts";
import type { PieceMeasurement } from "./pieces.ts";
import type { Measurement, Side } from "./rounds.ts";
import { fixedCost, type Results, type Verdict } from "./targets.ts";
import type { Wide } from "./wide.ts";

export function showResults({ scenarios, cancels, pieces, wide }: Results): string {
  return [
    scenarios.length > 0 && costs(scenarios),
    cancels.length > 0 && latencies(cancels),
    pieces.length > 0 && singles(pieces),
    wide.length > 0 && widths(wide),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function costs(measurements: readonly Measurement[]): string {
  const head = [
    "steps that do nothing",
    "ms a step",
    "floor",
    "ratio",
    "write units",
    "floor",
    "ratio",
  ];
  const rows = measurements.map(({ scenario, engine, floor, timeRatio, ...rest }) => [
    scenario.title,
    engine.msPerStep.toFixed(2),
    floor.msPerStep.toFixed(2),
    timeRatio.toFixed(2),
    engine.writePerStep.toFixed(3),
    floor.writePerStep.toFixed(3),
    (engine.writePerStep / floor.writePerStep).toFixed(2),
    engine.readPerStep.toFixed(3),
    floor.readPerStep.toFixed(3),
    (engine.readPerStep / floor.readPerStep).toFixed(2),
    fixedCost({ scenario, engine, floor, timeRatio, ...rest }).toFixed(1),
  ]);
  return columns([...head, "read units", "floor", "ratio", "fixed"], rows);
}

function latencies(cancels: readonly CancelMeasurement[]): string {
  const head = ["from the request to the end", "runs", "p50 ms", "p99 ms", "round trips"];
  const rows = cancels.map(({ title, runs, p50Ms, p99Ms, roundTrips }) => [
    title,
    String(runs),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    String(roundTrips),
  ]);
  return columns(head, rows);
}

function singles(pieces: readonly PieceMeasurement[]): string {
  const rows = pieces.map(({ title, ms, write, messages, counts }) => [
    title,
    ms.toFixed(1),
    write.toFixed(3),
    total(counts).calls.toFixed(1),
    messages?.toFixed(2) ?? "",
  ]);
  return columns(["one of", "ms", "write units", "round trips", "messages"], rows);
}

function widths(wide: readonly Wide[]): string {
  const head = ["in memory, in one Promise.all", "CPU ms a step", "messages", "store calls"];
  const rows = wide.map(({ steps, cpuMsPerStep, messagesPerStep, callsPerStep }) => [
    `${steps} steps`,
    cpuMsPerStep.toFixed(3),
    messagesPerStep.toFixed(3),
    callsPerStep.toFixed(2),
  ]);
  return columns(head, rows);
}

export function showVerdicts(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ what, atMost, measured, reached }) => [
    what,
    measured.toFixed(3),
    String(atMost),
    reached ? "reached" : "MISSED",
  ]);
  return columns(["target", "measured", "at most", ""], rows);
}

/** Which commands each scenario sent, and what they cost, for one run. */
export function showBreakdown({ scenarios, cancels, pieces }: Results): string {
  return [
    ...scenarios.flatMap(({ scenario, engine, floor }) => [
      commands(scenario.title, engine),
      commands(`${scenario.title}, floor`, floor),
    ]),
    ...[...cancels, ...pieces].map((each) => commands(each.title, each)),
  ].join("\n\n");
}

function commands(
  title: string,
  { counts, cpuMsPerStep }: { counts: Counts; cpuMsPerStep?: number },
): string {
  const cpu = cpuMsPerStep === undefined ? "" : ` (${cpuMsPerStep.toFixed(2)} ms of CPU a step)`;
  const rows = Object.entries({ ...counts, total: total(counts) }).map(([command, count]) => [
    command,
    ...[count.calls, count.failed, count.write, count.read, count.indexes].map(short),
  ]);
  return columns(
    [`${title}: one run${cpu}`, "calls", "failed", "write", "read", "of indexes"],
    rows,
  );
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

/** The same as JSON. Times in milliseconds, counts of one run. */
export function toJson(
  { scenarios, cancels, pieces, wide }: Results,
  targets: readonly Verdict[],
  rounds: number,
): string {
  const side = ({ counts, ...perStep }: Side) => ({ ...perStep, commands: counts });
  const report = {
    node: process.version,
    at: new Date().toISOString(),
    rounds,
    scenarios: scenarios.map((measurement) => {
      const { name, title, shape, runs, steps, processes } = measurement.scenario;
      const { engine, floor, timeRatio } = measurement;
      return {
        name,
        title,
        shape,
        runs,
        steps,
        processes,
        engine: side(engine),
        floor: side(floor),
        timeRatio,
        fixedCost: fixedCost(measurement),
      };
    }),
    cancels: cancels.map(({ counts, ...cancel }) => ({ ...cancel, commands: counts })),
    pieces: pieces.map(({ counts, ...piece }) => ({ ...piece, commands: counts })),
    wide,
    targets,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

import type { LogLine } from "./narrate.ts";
import type { RunRecord } from "./shop.ts";

/** What did not come true of a cancellation that came in while the card was charged. */
export function promisesBroken(run: RunRecord, log: readonly LogLine[], reason: string): string[] {
  const at = (type: string, step?: string): number =>
    log.findIndex((line) => line.type === type && line.step === step);
  const { cancellation } = run;
  const promises: [string, boolean][] = [
    ["the run ends as cancelled", run.status === "cancelled"],
    ["the record knows the reason", cancellation?.reason === reason],
    ["the record knows who asked", cancellation?.requestedBy === "alice"],
    [
      "the request comes in while charge executes",
      isBetween(
        at("step.started", "charge"),
        at("cancellation.requested"),
        at("step.completed", "charge"),
      ),
    ],
    ["it lands at the step ship", cancellation?.checkpoint === "step ship"],
    ["ship never starts", at("step.started", "ship") === -1],
    [
      "release and refund run shielded after the delivery",
      log
        .slice(at("cancellation.delivered"))
        .filter(({ type, shielded }) => type === "step.completed" && shielded)
        .map(({ step }) => step)
        .join() === "release,refund",
    ],
    [
      "the record says that clean-up finished",
      cancellation?.cleanup?.steps === 2 && cancellation.cleanup.finished,
    ],
  ];
  return promises.filter(([, kept]) => !kept).map(([promise]) => promise);
}

function isBetween(before: number, at: number, after: number): boolean {
  return before >= 0 && before < at && at < after;
}

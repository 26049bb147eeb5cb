import type { HookNode, Sender } from "./hook-node.ts";
import type { Node, StepNode } from "./program.ts";

/** A program as text, like the code it stands for. */
export function toCode(node: Node, indent = ""): string {
  const inner = `${indent}  `;
  const block = (body: Node): string => `{\n${toCode(body, inner)}\n${indent}}`;
  switch (node.kind) {
    case "step":
      return `${indent}step ${describeStep(node)}`;
    case "child": {
      const { name, onParentEnd, awaits, cancelled, disturbed, body } = node;
      const words = [
        name,
        onParentEnd,
        `awaited ${awaits}`,
        cancelled && "cancelled",
        disturbed && JSON.stringify(disturbed),
      ];
      return `${indent}child ${words.filter(Boolean).join(" ")} ${block(body)}`;
    }
    case "sleep":
      return `${indent}sleep ${node.ms}`;
    case "check":
      return `${indent}checkCancellation`;
    case "throw":
      return `${indent}throw`;
    case "say":
      return `${indent}say`;
    case "wide":
      return `${indent}${node.times} times at once step ${describeStep(node.step)}`;
    case "handover": {
      const [begun, awaited] = [node.begunShielded, node.awaitedShielded].map((shielded) =>
        shielded ? " shielded" : "",
      );
      return `${indent}float${begun} ${block(node.helper)} meanwhile ${block(node.meanwhile)} await${awaited}`;
    }
    case "hook": {
      const meanwhile = node.meanwhile ? ` meanwhile ${block(node.meanwhile)}` : "";
      return `${indent}hook ${describeHook(node)}${meanwhile}`;
    }
    case "receive": {
      const timeout = node.timeoutMs === undefined ? "" : ` timeout ${node.timeoutMs}`;
      return `${indent}receive ${node.times}× from ${node.channel}${timeout}${node.iterates ? " iterating" : ""}`;
    }
    case "mail": {
      const posts = node.posts.map(({ afterMs, channel, payload, messageId = "no id" }) =>
        [`${afterMs}ms`, channel, payload, messageId].join(" "),
      );
      return `${toCode(node.body, indent)}\n${indent}(sent: ${posts.join(", ")})`;
    }
    case "drawn":
      return `${indent}if ${node.from} ${block(node.either)} else ${block(node.or)}`;
    case "listening":
      return `${indent}on abort ${block(node.reaction)} during ${block(node.body)}`;
    case "sequence":
      return node.parts.map((part) => toCode(part, indent)).join("\n");
    case "parallel": {
      const parts = node.parts.map((part) => `${indent}- {\n${toCode(part, inner)}\n${indent}  }`);
      return `${indent}${node.how} [\n${parts.join("\n")}\n${indent}]`;
    }
    case "shield":
      return `${indent}shield ${block(node.body)}`;
    case "repeat":
      return `${indent}repeat ${node.times} times ${block(node.body)}`;
    case "float":
      return `${indent}float ${block(node.helper)} meanwhile ${block(node.meanwhile)}`;
    case "try": {
      const shielded = node.cleanup && node.shielded ? " shielded" : "";
      const cleanup = node.cleanup ? `${block(node.cleanup)} then ` : "";
      return `${indent}try ${block(node.body)} catch${shielded} ${cleanup}${node.then}`;
    }
    case "finally":
      return `${indent}try ${block(node.body)} finally ${block(node.cleanup)}`;
  }
}

function describeHook({ name, timeoutMs, given, senders }: HookNode): string {
  const words = [
    name,
    timeoutMs !== undefined && `timeout ${timeoutMs}`,
    `given by ${typeof given === "string" ? given : `step ${describeStep(given)}`}`,
    `answered ${senders.map(describeSender).join(", ") || "by nobody"}`,
  ];
  return words.filter(Boolean).join(" ");
}

function describeSender({ afterMs, payload, hasId, againAfterMs, repeats }: Sender): string {
  const id = hasId ? " with an id" : "";
  return `${payload} at ${afterMs}${id} again ${againAfterMs}${repeats ? " and once more" : ""}`;
}

function describeStep({ name, does, retries, backoffMs, timeoutMs, inline }: StepNode): string {
  const words = [
    name,
    `${does.ms}ms`,
    does.fails > 0 && `${does.how} ${does.fails}x`,
    `retries ${retries}/${backoffMs}ms`,
    timeoutMs !== undefined && `timeout ${timeoutMs}`,
    does.checks > 0 && `checks ${does.checks}`,
    does.listens && "listens",
    does.inside !== undefined && `with a ${does.inside} inside`,
    inline && "inline",
    does.ballast > 0 && `${does.ballast} bytes`,
  ];
  return words.filter(Boolean).join(" ");
}

import { facts } from "../columns.ts";
import type { Answer } from "../output.ts";
import { visible } from "../text.ts";

/** A start that works. */
export interface Example {
  name: string;
  /** JSON. */
  input: string;
}

interface Ready {
  url: string;
  token: string;
  module: string;
  names: readonly string[];
  /** None where no schema tells enough. */
  example: Example | undefined;
  /** Where the web page is, if this app has one. */
  page: string | undefined;
  store: "memory" | "dynamodb";
}

/** Where an input stands that one has to write oneself. Both commands read the same file. */
const INPUT_FILE = "input.json";

const STORES = { memory: "memory: runs are gone when this ends", dynamodb: "DynamoDB" };

/** What one needs to go on from here. */
export function showReady({ url, token, module, names, example, page, store }: Ready): Answer {
  return {
    json: { url, token, module, workflows: names, store, page, example },
    plain: [
      ["url", url],
      ["token", token],
    ],
    table: (colours) => {
      const lines = facts(
        [
          ["App", colours.bold(url)],
          ["Token", token],
          page === undefined ? undefined : ["Page", page],
          ["Workflows", visible(names.join(", "))],
          ["Module", visible(`${module}, loaded again when it changes`)],
          ["Store", STORES[store]],
        ],
        colours,
      );
      const { name = names[0] ?? "", input = `@${INPUT_FILE}` } = example ?? {};
      const how = example ? "" : `, with its input in ${INPUT_FILE}`;
      const body = example ? quoted(`{"input":${input}}`) : `"{\\"input\\":$(cat ${INPUT_FILE})}"`;
      return `${lines}\n\nStart a run${how}:\n${curl({ url, token }, name, body)}\n\nOr from another terminal:\n  export DETENT_URL=${url} DETENT_TOKEN=${token}\n  detent workflows run ${quoted(name)} --input ${quoted(input)} --wait\n\nCtrl-C ends it.`;
    },
  };
}

interface Target {
  url: string;
  token: string;
}

/** @param body a word of a shell. */
function curl({ url, token }: Target, name: string, body: string): string {
  return [
    `  curl -X POST ${quoted(`${url}/workflows/${encodeURIComponent(name)}/runs`)}`,
    `    -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json'`,
    `    -d ${body}`,
  ].join(" \\\n");
}

/** One word for a shell. */
function quoted(word: string): string {
  const text = visible(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

import { facts } from "../columns.ts";
import type { Answer } from "../output.ts";
import { visible } from "../text.ts";

interface Ready {
  url: string;
  token: string;
  module: string;
  names: readonly string[];
  /** Where the web page is, if this app has one. */
  page: string | undefined;
  store: "memory" | "dynamodb";
}

const STORES = { memory: "memory: runs are gone when this ends", dynamodb: "DynamoDB" };

/** What one needs to go on from here. */
export function showReady({ url, token, module, names, page, store }: Ready): Answer {
  return {
    json: { url, token, module, workflows: names, store, page },
    plain: [
      ["url", url],
      ["token", token],
    ],
    table: (colours) => {
      const [first = ""] = names;
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
      return `${lines}\n\nStart a run:\n${curl(url, token, first)}\n\nOr from another terminal:\n  export DETENT_URL=${url} DETENT_TOKEN=${token}\n  detent workflows run ${quoted(first)} --input '{}' --wait\n\nCtrl-C ends it.`;
    },
  };
}

function curl(url: string, token: string, name: string): string {
  return [
    `  curl -X POST ${quoted(`${url}/workflows/${encodeURIComponent(name)}/runs`)}`,
    `    -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json'`,
    `    -d '{"input":{}}'`,
  ].join(" \\\n");
}

/** One word for a shell. */
function quoted(word: string): string {
  const text = visible(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

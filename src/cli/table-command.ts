import type { Command } from "commander";
import { usageFailure } from "./failure.ts";
import { Output } from "./output.ts";
import type { GlobalOptions } from "./session.ts";
import type { Shell } from "./shell.ts";
import { visible } from "./text.ts";

interface Options extends GlobalOptions {
  table?: string;
  region?: string;
  endpoint?: string;
}

const EXAMPLES = `
Region, credentials and endpoint are those of the AWS SDK: AWS_REGION, AWS_PROFILE and their like.
The packages @aws-sdk/client-dynamodb and @aws-sdk/lib-dynamodb must be installed.

Examples:
  $ detent table create --table orders-runs --region eu-central-1
  $ detent table create --table dev --endpoint http://127.0.0.1:8000`;

/** The one command that speaks to a store, and only to make it. */
export function addTableCreate(table: Command, shell: Shell): void {
  table
    .command("create")
    .description("create the DynamoDB table that runs are kept in; one that is there is left alone")
    .option("--table <name>", "of the table (or DETENT_TABLE)")
    .option("--region <region>", "instead of that of the AWS SDK")
    .option("--endpoint <address>", "of DynamoDB, such as that of a local one")
    .addHelpText("after", EXAMPLES)
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const tableName = options.table ?? shell.env["DETENT_TABLE"];
      if (!tableName) throw usageFailure("Give the table a name: --table NAME, or DETENT_TABLE.");
      const { openDynamo } = await import("./dynamodb/open-dynamo.ts");
      const { region, endpoint } = options;
      await (await openDynamo({ tableName, region, endpoint })).createTable();
      new Output(shell, options.output).answer({
        json: { table: tableName, status: "ready" },
        plain: [[tableName, "ready"]],
        table: ({ bold }) => `Table ${bold(visible(tableName))} is ready.`,
      });
    });
}

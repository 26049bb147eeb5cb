/** `npm run build:functions`: bundles the functions, and writes the stack that serverless.yml includes. */
import { buildStack } from "./bundle.ts";

for (const { name, bytes } of await buildStack()) {
  console.log(`${name.padEnd(12)} ${(bytes / 1000).toFixed(0).padStart(5)} kB`);
}

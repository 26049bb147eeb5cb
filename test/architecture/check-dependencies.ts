/** `npm run check:deps`: fails if an import goes the wrong way, or if there was nothing to read. */
import { checkDependencies } from "./dependencies.ts";

const { modules, violations } = checkDependencies(process.cwd());
for (const violation of violations) console.error(violation);
console.log(`${modules} modules, ${violations.length} wrong imports`);
process.exitCode = violations.length === 0 ? 0 : 1;

/** `npm run build:page`: bundles the web page into the module that the app serves it from. */
import { stat } from "node:fs/promises";
import { ASSETS_FILE, bundlePage, writePage } from "./bundle-page.ts";

const page = await bundlePage();
await writePage(page);
for (const { name, body } of page.assets) console.log(`${name}  ${body.length} bytes`);
console.log(`${ASSETS_FILE}  ${(await stat(ASSETS_FILE)).size} bytes, compressed`);

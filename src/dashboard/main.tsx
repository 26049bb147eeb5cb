/** The page starts here. */
import { render } from "preact";
import { App } from "./app.tsx";
import { showTextsSafely } from "./safe-text.ts";

showTextsSafely();
const root = document.getElementById("app");
if (root) render(<App open={root.dataset["auth"] === "off"} />, root);

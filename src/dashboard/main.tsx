/** The page starts here. */
import { render } from "preact";
import { App } from "./app.tsx";

const root = document.getElementById("app");
if (root) render(<App open={root.dataset["auth"] === "off"} />, root);

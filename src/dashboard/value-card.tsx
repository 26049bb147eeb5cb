import { useMemo, useState } from "preact/hooks";
import { readable } from "../http/client/index.ts";
import { Icon } from "./icon.tsx";
import { valueText } from "./value-text.ts";

/** A value as text, to read and to copy. */
export function ValueCard({ title, value }: { title: string; value: unknown }) {
  const text = useMemo(() => (value === undefined ? "" : valueText(value)), [value]);
  return <TextCard title={title} text={text} copied={() => jsonText(value)} />;
}

/** As JSON, in the form that the API shows and takes. */
function jsonText(value: unknown): string {
  return JSON.stringify(readable(value), null, 2);
}

interface TextCardProps {
  title: string;
  text: string;
  /** What is copied, if it is not what is shown. */
  copied?: () => string;
}

export function TextCard({ title, text, copied = () => text }: TextCardProps) {
  return (
    <section class="card value-card">
      <header class="card-head">
        <h2>{title}</h2>
        {text !== "" && <CopyButton text={copied} what={title.toLowerCase()} />}
      </header>
      {text === "" ? <p class="card-body muted">None</p> : <ValueText label={title} text={text} />}
    </section>
  );
}

export function ValueText({ label, text }: { label: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of the keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
    <div class="value" role="group" aria-label={label} tabIndex={0}>
      <pre>{text}</pre>
    </div>
  );
}

export function CopyButton({ text, what }: { text: string | (() => string); what: string }) {
  const [copied, setCopied] = useState(false);
  // Browsers lend the clipboard to secure pages only.
  if (!navigator.clipboard) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === "string" ? text : text());
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <button type="button" class="quiet small" onClick={() => void copy()}>
      <Icon name={copied ? "check" : "copy"} />
      <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
      <span class="unseen"> {what}</span>
    </button>
  );
}

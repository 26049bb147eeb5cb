/** What went wrong, or should be known, beside what it is about. */
import type { ComponentChildren } from "preact";
import { DetentError } from "../http/client/index.ts";
import { Icon, type IconName } from "./icon.tsx";

const ICONS: Readonly<Record<string, IconName>> = { bad: "warn", caution: "warn", plain: "flag" };

export function Note({
  tone,
  title,
  children,
}: {
  tone: "bad" | "caution" | "plain";
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={`note is-${tone}`} role={tone === "bad" ? "alert" : undefined}>
      <Icon name={ICONS[tone] ?? "flag"} />
      <div>
        <strong>{title}</strong>
        {children && <div class="note-text">{children}</div>}
      </div>
    </div>
  );
}

export function ErrorNote({ title, error }: { title: string; error: unknown }) {
  return (
    <Note tone="bad" title={title}>
      {messageOf(error)}{" "}
      {error instanceof DetentError && <span class="code-tag">{error.code}</span>}
    </Note>
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

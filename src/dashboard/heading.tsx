import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Whether a page was shown before: the first one leaves the focus where the browser put it. */
let shown = false;

/** The first heading of a page: names the tab, and takes the focus when one comes to the page. */
export function Heading({ title, children }: { title: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Detent`;
    if (shown) heading.current?.focus();
    shown = true;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}

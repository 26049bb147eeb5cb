import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface DialogProps {
  title: string;
  onClose(): void;
  /** Given what closes the dialog, and so gives the focus back to where it was. */
  children: (close: () => void) => ComponentChildren;
}

const CONTROLS = "textarea, input, select, .dialog-foot button:last-of-type";

/**
 * Shown over the page, which cannot be used meanwhile. Escape closes it. The focus begins at the first
 * field, or at the last button where there is none, and goes there again when what had it is gone.
 */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>(CONTROLS)?.focus();
  }, []);
  useEffect(() => {
    const { current } = dialog;
    if (current?.open && !current.contains(document.activeElement)) {
      current.querySelector<HTMLElement>(CONTROLS)?.focus();
    }
  });
  const close = () => dialog.current?.close();
  const leave = () => {
    onClose();
    // What opened it may be gone by now: then the page goes on at its heading.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.querySelector("h1")?.focus();
    });
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={leave}>
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="quiet square" aria-label="Close" onClick={close}>
          <Icon name="cross" />
        </button>
      </header>
      {children(close)}
    </dialog>
  );
}

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface DialogProps {
  title: string;
  onClose(): void;
  /** Given what closes the dialog, and so gives the focus back to where it was. */
  children: (close: () => void) => ComponentChildren;
}

/** Shown over the page, which cannot be used meanwhile. Escape closes it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
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

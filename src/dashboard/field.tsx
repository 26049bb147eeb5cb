import type { ComponentChildren } from "preact";

interface FieldProps {
  /** Of the control within. */
  id: string;
  label: string;
  optional?: boolean;
  hint?: ComponentChildren;
  issue?: string | undefined;
  children: ComponentChildren;
}

/** A control with its label, and with what is to be known or wrong about it. */
export function Field({ id, label, optional, hint, issue, children }: FieldProps) {
  return (
    <div class={issue === undefined ? "field" : "field has-issue"}>
      <label for={id}>
        {label}
        {optional && <span class="optional"> optional</span>}
      </label>
      {children}
      <Remarks id={id} hint={hint} issue={issue} />
    </div>
  );
}

/** The lines below a control, or below a legend, which no control refers to by an id. */
export function Remarks({ id, hint, issue }: Partial<Pick<FieldProps, "id" | "hint" | "issue">>) {
  return (
    <>
      {hint && (
        <p class="hint" id={id && `${id}-hint`}>
          {hint}
        </p>
      )}
      {issue !== undefined && (
        <p class="issue" id={id && `${id}-issue`}>
          {issue}
        </p>
      )}
    </>
  );
}

/** The attributes by which a control in a `Field` refers to what is said about it. */
export function saidOf(
  id: string,
  { hint, issue }: { hint?: unknown; issue?: string | undefined },
) {
  const ids = [hint ? `${id}-hint` : "", issue === undefined ? "" : `${id}-issue`];
  const said = ids.filter((each) => each !== "").join(" ");
  return {
    id,
    ...(said !== "" && { "aria-describedby": said }),
    ...(issue !== undefined && { "aria-invalid": true }),
  };
}

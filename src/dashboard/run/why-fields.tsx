import { LONGEST_REASON } from "../../core/bounds.ts";
import { Field } from "../field.tsx";

export interface Why {
  reason: string;
  name: string;
}

interface WhyFieldsProps {
  id: string;
  why: Why;
  placeholder: string;
  onChange(why: Why): void;
}

/** Why somebody asks something of a run, and who: both are kept in its log. */
export function WhyFields({ id, why, placeholder, onChange }: WhyFieldsProps) {
  return (
    <>
      <Field id={`${id}-reason`} label="Reason" optional>
        <textarea
          id={`${id}-reason`}
          rows={2}
          maxLength={LONGEST_REASON}
          placeholder={placeholder}
          value={why.reason}
          onInput={(event) => onChange({ ...why, reason: event.currentTarget.value })}
        />
      </Field>
      <Field id={`${id}-name`} label="Your name" optional>
        <input
          id={`${id}-name`}
          maxLength={LONGEST_REASON}
          autocomplete="name"
          value={why.name}
          onInput={(event) => onChange({ ...why, name: event.currentTarget.value })}
        />
      </Field>
    </>
  );
}

/** As an engine is told it: what was left empty is left out. */
export function told({ reason, name }: Why): {
  reason: string | undefined;
  requestedBy: string | undefined;
} {
  return { reason: reason.trim() || undefined, requestedBy: name.trim() || undefined };
}

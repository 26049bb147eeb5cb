import { useState } from "preact/hooks";
import { keepName, keptName } from "../session.tsx";
import { told, type Why } from "./why-fields.tsx";

/** What a dialog keeps while somebody says why, and while what is asked of a run is under way. */
interface Asking {
  why: Why;
  setWhy(why: Why): void;
  busy: boolean;
  /** Why it could not be done. */
  error: unknown;
  /** Asks it; closes once it is done. */
  submit(close: () => void): Promise<void>;
}

/** @param ask asks it of the run; @param onChange hears that the run has changed. */
export function useAsking(
  ask: (why: ReturnType<typeof told>) => Promise<unknown>,
  onChange: () => void,
): Asking {
  const [why, setWhy] = useState(() => ({ reason: "", name: keptName() }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const submit = async (close: () => void) => {
    setBusy(true);
    setError(undefined);
    keepName(why.name.trim());
    try {
      await ask(told(why));
      onChange();
      close();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return { why, setWhy, busy, error, submit };
}

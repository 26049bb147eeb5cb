import { useId, useState } from "preact/hooks";
import { Field, saidOf } from "./field.tsx";
import { Logo } from "./logo.tsx";
import { messageOf, Note } from "./note.tsx";
import { clientWith, isRefused } from "./session.tsx";

interface SignInProps {
  /** Why one has to sign in again. */
  notice: string | undefined;
  onSignIn(token: string): void;
}

const HINT =
  "One of the bearer tokens of the app. It is kept in this browser, for all its tabs, until you sign out.";

export function SignIn({ notice, onSignIn }: SignInProps) {
  const id = useId();
  const [token, setToken] = useState("");
  const [issue, setIssue] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    const given = token.trim();
    if (given === "") return setIssue("Enter a token.");
    setBusy(true);
    setIssue(undefined);
    try {
      await clientWith(given).listWorkflows();
      onSignIn(given);
    } catch (error) {
      setIssue(
        isRefused(error)
          ? "This token is not accepted. Check it, or ask whoever runs this service for one."
          : messageOf(error),
      );
      setBusy(false);
      document.getElementById(id)?.focus();
    }
  };

  return (
    <main class="sign-in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Logo />
        <h1>Sign in</h1>
        {notice !== undefined && <Note tone="caution" title={notice} />}
        <Field id={id} label="Token" hint={HINT} issue={issue}>
          <input
            {...saidOf(id, { hint: HINT, issue })}
            type="password"
            autocomplete="off"
            spellcheck={false}
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </Field>
        <p class="unseen" role="alert">
          {issue}
        </p>
        <button type="submit" class="primary wide" disabled={busy}>
          {busy ? "Signing in …" : "Sign in"}
        </button>
      </form>
    </main>
  );
}

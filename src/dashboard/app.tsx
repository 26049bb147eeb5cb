import { useEffect, useMemo, useState } from "preact/hooks";
import { Heading } from "./heading.tsx";
import { Icon } from "./icon.tsx";
import { Logo } from "./logo.tsx";
import { type Route, runsHref, startHref } from "./route.ts";
import { RunPage } from "./run/run-page.tsx";
import { RunsPage } from "./runs/runs-page.tsx";
import {
  clientWith,
  keepToken,
  keptToken,
  onTokenChange,
  type Session,
  SessionProvider,
} from "./session.tsx";
import { SignIn } from "./sign-in.tsx";
import { StartPage } from "./start/start-page.tsx";
import { useRoute } from "./use-route.ts";

/** @param props.open whether the app lets everybody in. */
export function App({ open }: { open: boolean }) {
  const [token, setToken] = useState(open ? undefined : keptToken());
  const [notice, setNotice] = useState<string>();
  useEffect(() => (open ? undefined : onTokenChange(setToken)), [open]);
  const session = useMemo<Session>(
    () => ({
      client: clientWith(token),
      leave(why) {
        keepToken(undefined);
        setToken(undefined);
        setNotice(why);
      },
    }),
    [token],
  );
  if (!open && token === undefined) {
    return (
      <SignIn
        notice={notice}
        onSignIn={(given) => {
          keepToken(given);
          setToken(given);
        }}
      />
    );
  }
  return (
    <SessionProvider value={session}>
      <Frame onLeave={open ? undefined : () => session.leave()} />
    </SessionProvider>
  );
}

function Frame({ onLeave }: { onLeave: (() => void) | undefined }) {
  const route = useRoute();
  const current = (...pages: Route["page"][]) => (pages.includes(route.page) ? "page" : undefined);
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <header class="top">
        <div class="top-inner">
          <a href={runsHref()} class="home" aria-label="Detent, to the runs">
            <Logo />
          </a>
          <nav aria-label="Pages">
            <a href={runsHref()} aria-current={current("runs", "run")}>
              Runs
            </a>
            <a href={startHref()} aria-current={current("start")}>
              Start a run
            </a>
          </nav>
          <span class="host">{location.host}</span>
          {onLeave && (
            <button type="button" class="quiet small" onClick={onLeave}>
              Sign out
            </button>
          )}
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Page route={route} />
      </main>
    </>
  );
}

/** The address belongs to the routes, so this is no link. */
function skip(): void {
  document.getElementById("main")?.focus();
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "runs":
      return <RunsPage search={route.filters} />;
    case "run":
      return <RunPage key={route.runId} runId={route.runId} />;
    case "start":
      return <StartPage workflow={route.workflow} />;
    case "nowhere":
      return (
        <div class="empty">
          <Icon name="slash" />
          <Heading title="Nothing is here" />
          <p>
            This address leads nowhere. <a href={runsHref()}>Go to the runs</a>
          </p>
        </div>
      );
  }
}

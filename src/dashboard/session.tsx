/** Who is signed in. The token is kept as long as the tab, and never in an address. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Client, ClientError, createClient } from "../http/client/index.ts";

export interface Session {
  client: Client;
  /** Signs out, and says why if it was not asked for. */
  leave(why?: string): void;
}

const SessionContext = createContext<Session | undefined>(undefined);
export const SessionProvider = SessionContext.Provider;

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("Nobody is signed in here");
  return session;
}

export function isRefused(error: unknown): boolean {
  return (
    error instanceof ClientError &&
    (error.code === "token.missing" || error.code === "token.invalid")
  );
}

/** The app is where its page is. */
export function clientWith(token: string | undefined): Client {
  return createClient({ baseUrl: new URL(".", location.href.replace(/[?#].*$/, "")), token });
}

const TOKEN = "detent.token";
const NAME = "detent.name";

export function keptToken(): string | undefined {
  return sessionStorage.getItem(TOKEN) ?? undefined;
}

export function keepToken(token: string | undefined): void {
  if (token === undefined) sessionStorage.removeItem(TOKEN);
  else sessionStorage.setItem(TOKEN, token);
}

/** Whom a request is said to come from. */
export function keptName(): string {
  return sessionStorage.getItem(NAME) ?? "";
}

export function keepName(name: string): void {
  sessionStorage.setItem(NAME, name);
}

/** Who is signed in. The token is kept in this browser until one signs out, never in an address. */
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
  return localStorage.getItem(TOKEN) ?? undefined;
}

export function keepToken(token: string | undefined): void {
  if (token === undefined) localStorage.removeItem(TOKEN);
  else localStorage.setItem(TOKEN, token);
}

/** Is told when another tab signs in or out. @returns ends that. */
export function onTokenChange(changed: (token: string | undefined) => void): () => void {
  const listen = ({ key, newValue }: StorageEvent): void => {
    // Without a key all has been cleared.
    if (key === TOKEN || key === null) changed(newValue ?? undefined);
  };
  addEventListener("storage", listen);
  return () => removeEventListener("storage", listen);
}

/** Whom a request is said to come from. */
export function keptName(): string {
  return localStorage.getItem(NAME) ?? "";
}

export function keepName(name: string): void {
  localStorage.setItem(NAME, name);
}

import type { SandboxAccount } from './accounts/account.ts';
import type { TokenFacts } from './auth/oauth-side.ts';
import type { SandboxReply, SandboxRequest } from './exchange.ts';
import type { Store } from './store.ts';

/*
 * What a simulated provider does beyond its health check. One set is one file of `providers/`, found by its name in
 * `providers/operation-sets.ts`.
 */

/** One call that was let in. */
export interface Call {
  request: SandboxRequest;
  /** What the names of the route stand for, percent-decoded. */
  params: Readonly<Record<string, string>>;
  account: SandboxAccount;
  /** Null for keys and for routes that need none. */
  token: TokenFacts | null;
  store: Store;
  /** Milliseconds since the epoch. */
  now: number;
}

export interface Route {
  method: string;
  /** Pattern of the host, with names in braces; `*` takes any. Without it: the hosts of the base address. */
  host?: string;
  /** From the root of the host, with names in braces; `{name+}` takes the rest, slashes too. */
  path: string;
  /** What the token must be allowed, for calls with a token: one of them is enough. */
  scopes?: readonly string[];
  /** No credentials are asked for: the address itself is the secret. */
  open?: true;
  handle(call: Call): SandboxReply | Promise<SandboxReply>;
}

export interface OperationSet {
  /** Providers that do this. */
  slugs: readonly string[];
  routes: readonly Route[];
  /** The reply to refused credentials, where it depends on the reason; null: the one of the definition. */
  refused?(reason: string, request: SandboxRequest): SandboxReply | null;
  /** The reply to a token without a permission. */
  missingScope?(needed: readonly string[], token: TokenFacts): SandboxReply;
  /** The reply to what it does not know. */
  notFound?(request: SandboxRequest): SandboxReply;
}

/** An answer in JSON. */
export function json(status: number, content: unknown, headers: Record<string, string> = {}): SandboxReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(content),
  };
}

/** An answer in plain text. */
export function text(status: number, content: string, headers: Record<string, string> = {}): SandboxReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: content };
}

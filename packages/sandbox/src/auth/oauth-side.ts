import type { SandboxReply, SandboxRequest } from '../exchange.ts';

/** What is known of an access token. */
export interface TokenFacts {
  /** False: expired or revoked. */
  active: boolean;
  scopes: readonly string[];
  /** The client ID that it was issued to. */
  clientId: string;
  /** What stood in the names of the address that gave it, such as `{ shop: 'acme' }`; it is good there only. */
  place: Readonly<Record<string, string>>;
}

/** What the simulated APIs need of the authorization servers beside them. */
export interface OAuthSide {
  /** Null: not one of their addresses. */
  handle(request: SandboxRequest): Promise<SandboxReply | null>;
  /** Null: nobody issued this token. */
  tokenOf(slug: string, accessToken: string): TokenFacts | null;
  /** Ends every token of a provider, as if everybody had removed the app. */
  revokeAll(slug: string): void;
}

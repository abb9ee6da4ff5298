import type { SandboxReply, SandboxRequest } from '../exchange.ts';

/** What is known of an access token. */
export interface TokenFacts {
  scopes: readonly string[];
  /** The account that has given access. */
  account: string;
  /** The client ID that it was issued to. */
  client: string;
  /** False: revoked or expired. */
  active: boolean;
}

/** What the sandbox needs of the authorization servers that stand beside the simulated APIs. */
export interface OAuthSide {
  handle(request: SandboxRequest): Promise<SandboxReply>;
  /** Null: nobody issued this token. */
  tokenOf(accessToken: string): TokenFacts | null;
}

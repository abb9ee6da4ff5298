/** How often something happened at one provider. */
export interface OAuthCounters {
  /** Authorization requests that were in order. */
  authorize: number;
  /** Codes that became tokens. */
  codeExchanges: number;
  /** Refreshes that gave a token, whether or not the answer arrived. */
  refreshes: number;
  /** Codes and refresh tokens that came a second time. */
  reuseDetected: number;
  /** Tokens that their app ended. */
  revocations: number;
  clientCredentials: number;
}

/** One request, without anything secret in it. */
export interface OAuthLogEntry {
  /** ISO 8601, UTC. */
  at: string;
  endpoint: 'authorize' | 'consent' | 'token' | 'revoke' | 'other';
  /** `ok`, or the name of the reason for refusing. */
  outcome: string;
  clientId: string | null;
  grantType: string | null;
  scopes: readonly string[];
  /** Email of the account. */
  account: string | null;
}

const kept = 500;

/** What happened at one provider. */
export class Journal {
  readonly counters: OAuthCounters = {
    authorize: 0,
    codeExchanges: 0,
    refreshes: 0,
    reuseDetected: 0,
    revocations: 0,
    clientCredentials: 0,
  };
  /** The latest entries, newest last. */
  readonly entries: OAuthLogEntry[] = [];
  private readonly clock: () => number;

  constructor(clock: () => number) {
    this.clock = clock;
  }

  note(
    endpoint: OAuthLogEntry['endpoint'],
    outcome: string,
    more: Partial<Omit<OAuthLogEntry, 'at' | 'endpoint' | 'outcome'>> = {},
  ): void {
    const at = new Date(this.clock()).toISOString();
    this.entries.push({
      at,
      endpoint,
      outcome,
      clientId: null,
      grantType: null,
      scopes: [],
      account: null,
      ...more,
    });
    if (this.entries.length > kept) this.entries.shift();
  }
}

/*
 * One exchange with a simulated provider, as every part of the sandbox sees it: the address is the provider's own, not
 * the one of the sandbox.
 */

/** What a caller sent to a provider. */
export interface SandboxRequest {
  /** Slug of the provider that is meant; two providers may share a host. */
  provider: string;
  /** In capitals. */
  method: string;
  /** `https`, without a colon. */
  scheme: string;
  /** With the port, when the original address has one. */
  host: string;
  /** Still percent-encoded, as it came: signatures are over exactly this. */
  path: string;
  query: URLSearchParams;
  /** The query as it came, without the question mark; signatures are over this too. */
  rawQuery?: string;
  /** Names in small letters; repeated ones are joined by a comma. */
  headers: Record<string, string>;
  body: Buffer;
}

/** What a provider answers. */
export interface SandboxReply {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** Waits this long, in milliseconds, before it answers. */
  delayMs?: number;
  /** Closes the connection without an answer, before or after the work was done. */
  drop?: 'before' | 'after';
  /** Never answers, and keeps the connection open. */
  hang?: boolean;
}

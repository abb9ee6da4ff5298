/** What came back. */
export interface SendResult {
  /** Also 3xx: redirects are never followed. */
  status: number;
  /** Names in lower case; repeated headers joined by a comma. No prototype. */
  headers: Readonly<Record<string, string>>;
  /** UTF-8; what is not valid becomes U+FFFD. */
  body: string;
  /** The body was longer than the limit: its beginning was kept and the connection dropped. */
  bodyTruncated: boolean;
  durationMs: number;
  /** The checked address that answered. */
  remoteAddress: string | undefined;
}

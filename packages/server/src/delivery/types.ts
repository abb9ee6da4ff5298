import type { HmacSha256 } from '../lib/hmac-sha256.ts';
import type { AttemptErrorCode, DeliveryTrigger } from '@trunkline/contract/deliveries';
import type { RetryPolicy } from '@trunkline/contract/retry';

/** An event as it is stored and sent. */
export interface StoredEvent {
  /** Row id, UUID version 7. */
  id: string;
  /** The caller's own id; the public id is `key ?? id`. */
  key: string | null;
  type: string;
  /** The exact text that is signed and sent. */
  body: string;
}

/** A delivery in this node's hands until it is recorded, handed back, or its lease runs out. */
export interface Lease {
  id: string;
  fence: number;
  organizationId: string;
  webhookId: string;
  event: StoredEvent;
  trigger: DeliveryTrigger;
  replayOf: string | null;
  /** The subject whose line it stands in, when its webhook keeps an order. */
  line: string | null;
  /** Attempts recorded so far; those of earlier rounds do not count against the retry policy. */
  attempts: number;
  attemptsBefore: number;
  /** Claims since the last recorded attempt, this one included. */
  claims: number;
  /** Monotonic milliseconds of the last renewal. */
  renewedAt: number;
  /** Where it lies in the node's hand; see Hand. */
  place: number;
}

/** A webhook as the dispatcher needs it. */
export interface Endpoint {
  id: string;
  organizationId: string;
  version: number;
  enabled: boolean;
  deleted: boolean;
  /** Its secret cannot be opened with the master keys of this node. */
  locked: boolean;
  url: string;
  origin: string;
  path: string;
  /** Newest first; further ones only during the overlap of secrets. */
  signingKeys: HmacSha256[];
  /** Of the newest secret. */
  brandKeys: HmacSha256[];
  /** When each of the signing keys ends, in milliseconds since the epoch; the newest does not. */
  keysUntil: number[];
  policy: RetryPolicy;
  enableDlq: boolean;
  dlqRetentionDays: number;
}

/** Bounds that a person set (WH-10); null has none. */
export interface Limits {
  /** Requests in flight at once, over all nodes. */
  maxConcurrency: number | null;
  ratePerSecond: number | null;
  /** What is taken out of the backlog, a second. */
  catchUpPerSecond: number | null;
}

/** A webhook as the node's cache has it. */
export interface KnownEndpoint extends Endpoint {
  name: string;
  /** It is on, not paused, and its circuit is closed. */
  flows: boolean;
  /** It would flow, were its circuit not open: a probe may pass. */
  probing: boolean;
  /** Null when nothing bounds it, which costs nothing then. */
  limits: Limits | null;
}

/** The deliveries of one subject to one endpoint that keeps an order. */
export interface Line {
  webhookId: string;
  subject: string;
}

/** What one HTTP request came to. */
export interface Outcome {
  success: boolean;
  /** 0: no answer. */
  responseStatus: number;
  errorCode: AttemptErrorCode | null;
  errorMessage: string | null;
  responseHeaders: Readonly<Record<string, string>> | null;
  responseBody: string | null;
  responseTruncated: boolean;
  /** Milliseconds since the epoch. */
  startedAt: number;
  durationMs: number;
  url: string;
  /** `webhook-signature` and brand signature, separated by a line feed. */
  signatures: string;
}

/** What becomes of a delivery after an attempt. */
export type Verdict =
  | { state: 'success' }
  | { state: 'retrying'; delayMs: number }
  | { state: 'dlq'; retentionDays: number }
  | { state: 'failed' };

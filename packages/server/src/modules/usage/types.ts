import type { Quota } from '@trunkline/contract/limits';

/** One answered request with an API key. */
export interface KeyRequest {
  keyId: string;
  organizationId: string;
  /** Method and template of the address, never the address itself. */
  endpoint: string;
  status: number;
  startedAt: number;
  errorCode: string | null;
  /** Which limit was full, of a request that was over it. */
  throttledBy: Quota | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string;
}

export interface Counted {
  organizationId: string;
  keyId: string;
  endpoint: string;
  statusClass: number;
  minute: number;
  requests: number;
  latencies: number[];
}

export interface Throttled {
  organizationId: string;
  keyId: string;
  minute: number;
  quota: Quota;
  requests: number;
  lastAt: number;
}

export interface Caller {
  organizationId: string;
  keyId: string;
  ip: string;
  userAgent: string;
  requests: number;
  lastAt: number;
}

export interface SampledRequest extends KeyRequest {
  id: string;
  at: number;
  durationMs: number;
}

import type { ApiKeyScope } from '@trunkline/contract/api-key-scopes';
import type { Role } from '@trunkline/contract/permissions';
import type { PortalPart } from '@trunkline/contract/portal-parts';
import type { LiveTopic } from '@trunkline/contract/live';
import type pg from 'pg';
import type { Config } from './config/env.ts';
import type { Calls } from './connections/calls.ts';
import type { Engine } from './delivery/engine.ts';
import type { LiveBus } from './db/live-bus.ts';
import type { Identity } from './identity/identity.ts';
import type { InboundTally } from './inbound/tally.ts';
import type { Missing } from './identity/sessions.ts';
import type { EgressAllow } from './lib/egress/allow-list.ts';
import type { Sender } from './lib/egress/client.ts';
import type { Dialer } from './lib/egress/tcp.ts';
import type { LogWriter } from './logs/log-writer.ts';
import type { createSecretBox } from './lib/secret-box.ts';
import type { Signer } from './lib/signer.ts';
import type { Measures } from './measures/measures.ts';
import type { Traced } from './tracing/tracer.ts';

/**
 * What one process has, made once at the start. Time, randomness and the network are reached through it. What is traced is
 * done with a copy whose `span` and `log` are its own (`within`), so an `App` is passed on, and never kept for later work.
 */
export interface App extends Traced {
  config: Config;
  version: string;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** 0 ≤ n < 1. */
  random: () => number;
  randomBytes: (size: number) => Buffer;
  /** UUID, version 7. */
  newId: () => string;
  /** Connects as the owner of the tables: only for work that belongs to no single organization. */
  pool: pg.Pool;
  secretBox: ReturnType<typeof createSecretBox>;
  /** Signs the audit log. */
  signer: Signer;
  egressAllow: EgressAllow;
  sender: Sender;
  /** As `sender`, for other protocols and for checks that show every step. */
  dialer: Dialer;
  identity: Identity;
  live: LiveBus;
  /** What integrations and webhooks went through, for people (LOG-1); `log` is for whoever runs the process. */
  logs: LogWriter;
  engine: Engine;
  /** Counts of checks and calls, and what went wrong with them. */
  measures: Measures;
  /** Counts of inbound webhooks. */
  inbound: InboundTally;
  /** Admits and counts what integrations are asked. */
  calls: Calls;
  /**
   * Where a provider is really reached: the URL as given, unless the demo or a test puts a simulator in its place. Also
   * for the addresses that people are sent to.
   */
  reroute: (provider: string, url: string) => string;
  /** Names of the mail servers of a domain, the preferred first; rejects with a DNS error code. */
  resolveMx: (domain: string) => Promise<string[]>;
  /** The TXT records of a name, each in one piece; rejects with a DNS error code. */
  resolveTxt: (name: string) => Promise<string[]>;
}

export type Actor =
  | {
      type: 'user';
      id: string;
      name: string;
      role: Role | null;
      sessionId: string;
      freshAt: number;
      missing?: Missing | null;
      /** The organization that the session is bound to; see `SignedIn`. */
      boundTo?: string | null;
    }
  /** `scopes`: what a scoped key is for; null for the organization's own key. */
  | { type: 'api_key'; id: string; name: string; scopes: readonly ApiKeyScope[] | null }
  /** Somebody of a product that shows this page in a frame of its own: `id` is that of their token. */
  | { type: 'portal'; id: string; name: string; role: Role; parts: readonly PortalPart[]; expiresAt: number }
  | { type: 'system'; name: string }
  | { type: 'anonymous' };

/** One call: who asks, for which organization, from where. Passed first to every verb. */
export interface Ctx {
  app: App;
  actor: Actor;
  /** Comes from the credential, never from the input. Null for a person without an organization. */
  organizationId: string | null;
  request: { id: string; ip: string | null; userAgent: string | null; headers: Headers };
  /** Cookies that the answer will set. */
  cookies: string[];
}

/** A transaction of one organization; row-level security binds every statement in it. */
export interface Tx {
  readonly organizationId: string;
  /** `name`: of a statement that runs often and always has this text; the database keeps its plan. */
  query<Row extends object>(sql: string, values?: unknown[], name?: string): Promise<Row[]>;
  /** Live messages and hooks that go out when, and only when, the transaction commits. */
  announce(topic: LiveTopic, ids?: string[]): void;
  afterCommit(hook: () => void): void;
}

import type { CapabilityTypes } from './capability-types.ts';
import type { HttpClient } from './http-client.ts';

/** What can be done, such as `email.send`. */
export type CapabilityName = keyof CapabilityTypes;
export type CapabilityInput<Name extends CapabilityName> = CapabilityTypes[Name]['input'];
export type CapabilityResult<Name extends CapabilityName> = CapabilityTypes[Name]['result'];

/** Why something failed or waits, and what to do. */
export interface Problem {
  fault: string;
  title: string;
  cause: string;
  fix: string;
  link: string | null;
}

/** One request to a provider. */
export interface ActionAttempt {
  number: number;
  integrationId: string;
  integrationName: string;
  provider: string;
  outcome: 'sending' | 'succeeded' | 'failed' | 'ambiguous';
  problem: Problem | null;
  startedAt: string;
  durationMs: number | null;
}

/** What all states of an action have. */
export interface ActionFacts {
  id: string;
  capability: CapabilityName;
  /** Who did it, or was asked last. */
  integrationId: string | null;
  integrationName: string | null;
  attempts: ActionAttempt[];
  attemptCount: number;
  createdAt: string;
  finishedAt: string | null;
}

/** It was done. */
export interface SucceededAction<Name extends CapabilityName> extends ActionFacts {
  status: 'succeeded';
  result: CapabilityResult<Name>;
}

/**
 * `failed`: certainly not done. `ambiguous`: sent, and nobody knows whether it was done. `queued`, `running`: still to be
 * done, ask `get` later. `cancelled`: taken back before anything was done.
 */
export interface OtherAction extends ActionFacts {
  status: 'queued' | 'running' | 'failed' | 'ambiguous' | 'cancelled';
  problem: Problem | null;
  result: null;
}

export type Action<Name extends CapabilityName = CapabilityName> = SucceededAction<Name> | OtherAction;

export interface RunOptions {
  /** The same key with the same input answers what the first call did, for 30 days. A new one for each call unless given. */
  idempotencyKey?: string;
  /** The primary integration of the capability unless given. */
  integrationId?: string;
  /** Not before this time. */
  sendAt?: Date | string;
  /** False: does not wait for the outcome, which is usual for up to 30 seconds. */
  wait?: boolean;
  signal?: AbortSignal;
}

/** Calls that go through whichever provider answers. */
export class Actions {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /**
   * Does something through the primary integration or its backup. What a provider refuses is no error but an action with the
   * status `failed`, which says why.
   *
   * @throws TrunklineError for what never became an action, such as an input that is not valid
   */
  async run<Name extends CapabilityName>(
    capability: Name,
    input: CapabilityInput<Name>,
    { idempotencyKey, integrationId, sendAt, wait = true, signal }: RunOptions = {},
  ): Promise<Action<Name>> {
    return this.#http.request('POST', `/api/v1/actions/${capability}`, {
      body: {
        ...input,
        ...(integrationId === undefined ? {} : { integrationId }),
        ...(sendAt === undefined ? {} : { sendAt: new Date(sendAt).toISOString() }),
      },
      headers: {
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(wait ? {} : { prefer: 'respond-async' }),
      },
      ...(signal ? { signal } : {}),
    });
  }

  /** What became of an action. @throws TrunklineError */
  async get(id: string, { signal }: { signal?: AbortSignal } = {}): Promise<Action> {
    return this.#http.request('GET', `/api/v1/actions/${encodeURIComponent(id)}`, signal ? { signal } : {});
  }
}

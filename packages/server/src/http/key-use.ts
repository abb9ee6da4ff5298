import type { ApiAccess } from '../modules/api-keys/api-access.ts';
import type { FoundApiKey } from '../modules/api-keys/find-api-key.ts';
import type { Admission } from '../modules/limits/limiter.ts';
import { limitHeaders, rateLimited } from './limit-headers.ts';

export interface KeyUseFacts {
  id: string;
  ip: string | null;
  userAgent: string | null;
  startedAt: number;
}

/** One request with an API key on the general front, from its admission to its count. */
export class KeyUse {
  readonly #access: ApiAccess;
  readonly #key: FoundApiKey;
  readonly #facts: KeyUseFacts;
  #admission: Admission | null = null;

  constructor(access: ApiAccess, key: FoundApiKey, facts: KeyUseFacts) {
    this.#access = access;
    this.#key = key;
    this.#facts = facts;
  }

  /** @throws AppError `rate_limited`, and what `requireUsable` throws */
  async enter(): Promise<void> {
    this.#access.requireUsable(this.#key, this.#facts.ip);
    this.#admission = await this.#access.admit(this.#key);
    if (this.#admission !== null && !this.#admission.admitted) throw rateLimited(this.#admission);
  }

  limitHeaders(): [name: string, value: string][] {
    return this.#admission === null ? [] : limitHeaders(this.#admission);
  }

  finish(endpoint: string, status: number, errorCode: string | null): void {
    const { id: requestId, ip, userAgent, startedAt } = this.#facts;
    this.#access.usage.add({
      keyId: this.#key.id,
      organizationId: this.#key.organizationId,
      endpoint,
      status,
      startedAt,
      errorCode,
      throttledBy: this.#admission === null || this.#admission.admitted ? null : this.#admission.state.quota,
      ip,
      userAgent,
      requestId,
    });
  }
}

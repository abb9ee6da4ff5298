import { performance } from 'node:perf_hooks';
import { errorCodes } from '@trunkline/contract/errors';
import type { App } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import { parseAddress } from '../../lib/egress/address.ts';
import { holds } from '../../lib/egress/network.ts';
import type { Admission } from '../limits/limiter.ts';
import { Limiter } from '../limits/limiter.ts';
import { UsageMeter } from '../usage/usage-meter.ts';
import { createApiKeyFinder } from './find-api-key.ts';
import type { ApiKeyFinder, FoundApiKey } from './find-api-key.ts';

/** What one node needs to let requests with API keys in: who they are, how many there may be, how they are counted. */
export class ApiAccess {
  readonly keys: ApiKeyFinder;
  readonly limiter: Limiter;
  readonly usage: UsageMeter;

  constructor(app: App, monotonic: () => number = () => performance.now()) {
    this.keys = createApiKeyFinder(app);
    this.limiter = new Limiter({ pool: app.pool, log: app.log, monotonic });
    this.usage = new UsageMeter(app);
  }

  start(): void {
    this.limiter.start();
    this.usage.start();
  }

  /** To be called when no request is open any more. */
  async stop(): Promise<void> {
    await Promise.all([this.limiter.stop(), this.usage.stop()]);
  }

  /**
   * Refuses a key that does not work, or not from this address.
   *
   * @throws AppError `api_key_expired`, `api_key_revoked`, `scoped_keys_off` or `address_not_allowed`
   */
  requireUsable(key: FoundApiKey, ip: string | null): void {
    if (key.refusal !== null) throw new AppError(key.refusal, `${errorCodes[key.refusal].title}.`);
    if (key.networks.length === 0) return;
    const address = ip === null ? null : parseAddress(ip);
    if (address !== null && key.networks.some((network) => holds(network, address))) return;
    throw new AppError('address_not_allowed', `Requests from ${ip ?? 'an unknown address'} are not allowed.`);
  }

  /** Takes a permit for one request; null where requests are not limited. */
  admit(key: FoundApiKey): Admission | null | Promise<Admission> {
    return key.limits === null ? null : this.limiter.take(key as FoundApiKey & { limits: object });
  }
}

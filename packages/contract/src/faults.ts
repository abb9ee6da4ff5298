import { z } from 'zod';

/**
 * What went wrong at a provider, one closed set for everything that follows from it (retry, failover, status, alert,
 * guidance): `reauth` the credentials are no longer accepted; `scope` they are, but may not do this; `config` a setting
 * here or there is wrong; `rateLimit` too many calls just now; `quota` an allowance is used up; `down` the provider
 * fails or cannot be reached; `ambiguous` the request may or may not have been carried out; `badInput` this call can
 * never succeed as it is; `unknown` nothing of these.
 */
export const faults = [
  'reauth',
  'scope',
  'config',
  'rateLimit',
  'quota',
  'down',
  'ambiguous',
  'badInput',
  'unknown',
] as const;
export const Fault = z.enum(faults);
export type Fault = z.infer<typeof Fault>;

import type { Client } from 'undici';

/** One connection: carries one exchange at a time. */
export interface Slot {
  readonly client: Client;
  remoteAddress: string | undefined;
}

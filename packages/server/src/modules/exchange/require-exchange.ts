import { AppError } from '../../errors.ts';
import { exchangesFiles } from '../../providers/parts/exchange-kinds.ts';
import type { Partner } from './queries.ts';

/** @throws AppError `conflict` for a partner with whom no files are exchanged */
export function requireExchange({ provider }: Pick<Partner, 'provider'>): void {
  if (exchangesFiles(provider)) return;
  throw new AppError('conflict', `No files are exchanged with ${provider.name}: it has an API.`);
}

import type { ExchangeKind } from '@trunkline/contract/exchange';
import type { Provider } from '../provider.ts';

/** Kinds of files that can be written for a provider. Payrolls have an API; their file is for an upload by hand. */
export function kindsFor(provider: Pick<Provider, 'category' | 'exchange'>): readonly ExchangeKind[] {
  if (provider.category === 'payroll' || provider.category === 'hris') return ['payroll'];
  if (provider.exchange === null) return [];
  if (provider.category === 'benefits') return ['enrollment'];
  return provider.category === 'retirement' ? ['contributions', 'census'] : [];
}

/** Whether files go to and from a provider at all. */
export function exchangesFiles(provider: Pick<Provider, 'category' | 'exchange'>): boolean {
  return provider.exchange !== null || kindsFor(provider).length > 0;
}

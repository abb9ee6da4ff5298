import type { ExchangeKind, LayoutKind } from '@trunkline/contract/exchange';
import type { AcknowledgementOutcome, CsvLayout } from '@trunkline/contract/files';
import { contributionKind } from '../../lib/files/contributions.ts';
import type { TableFields } from '../../lib/files/csv/table.ts';
import {
  censusLayout,
  contributionsLayout,
  frenchPayrollLayout,
  internationalPayrollLayout,
  payrollLayout,
} from '../../lib/files/layouts.ts';
import { payrollKind } from '../../lib/files/payroll.ts';
import type { Provider } from '../../providers/provider.ts';

/** How long sending one file may take before another node may try, in milliseconds. */
export const sendingMs = 120_000;

/** Most files of one look into the partner's folder. */
export const mostFetched = 50;
export const mostFetchedBytes = 40 * 1_048_576;

export function isLayoutKind(kind: ExchangeKind): kind is LayoutKind {
  return kind === 'contributions' || kind === 'census' || kind === 'payroll';
}

/** The layout to start from. */
export function startingLayout(kind: LayoutKind, provider: Pick<Provider, 'slug'>): CsvLayout {
  if (kind === 'contributions') return contributionsLayout;
  if (kind === 'census') return censusLayout;
  if (provider.slug === 'silae' || provider.slug === 'lucca') return frenchPayrollLayout;
  return provider.slug === 'papaya-global' ? internationalPayrollLayout : payrollLayout;
}

/** The fields that columns of a kind can have. */
export function fieldsOf(kind: LayoutKind): TableFields {
  return kind === 'payroll' ? payrollKind.fields : contributionKind.fields;
}

/** The insurance that a made-up enrollment is about. */
export function sampleLine({ slug }: Pick<Provider, 'slug'>): 'dental' | 'vision' | 'ppo' {
  if (slug === 'delta-dental') return 'dental';
  return slug === 'vsp' ? 'vision' : 'ppo';
}

/** A name for a file, made of what identifies it; what does not belong into a name becomes a dash. */
export function fileName(parts: readonly string[], extension: string): string {
  const name = parts
    .map((part) => part.replace(/[^A-Za-z0-9._-]+/g, '-'))
    .filter((part) => /[A-Za-z0-9]/.test(part))
    .join('_')
    .replace(/^[._-]+/, '')
    .slice(0, 100);
  return `${name === '' ? 'file' : name}.${extension}`;
}

/** What a browser takes the content for. */
export function contentTypeOf(kind: ExchangeKind): string {
  if (kind === 'enrollment' || kind === 'acknowledgement') return 'application/edi-x12';
  return kind === 'other' ? 'application/octet-stream' : 'text/csv';
}

/**
 * The state of a sent file after an answer; null leaves it as it is. That the envelope was taken (a TA1 alone) says
 * nothing yet about what is in it.
 */
export function stateAfter(
  outcome: AcknowledgementOutcome,
  aboutContent: boolean,
): 'acknowledged' | 'rejected' | null {
  if (outcome === 'rejected') return 'rejected';
  return aboutContent ? 'acknowledged' : null;
}

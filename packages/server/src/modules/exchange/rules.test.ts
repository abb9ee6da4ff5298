import { describe, expect, it } from 'vitest';
import { allProviders, findProvider } from '../../providers/all-providers.ts';
import { layoutProblem } from '../../lib/files/csv/table.ts';
import { exchangesFiles, kindsFor } from '../../providers/parts/exchange-kinds.ts';
import { fieldsOf, fileName, isLayoutKind, startingLayout, stateAfter } from './rules.ts';

describe('the rules of file exchange', () => {
  it('writes for each provider what it takes', () => {
    const kinds = (slug: string) => kindsFor(findProvider(slug)!);
    expect(['bcbs', 'delta-dental', 'vsp'].map(kinds)).toEqual([
      ['enrollment'],
      ['enrollment'],
      ['enrollment'],
    ]);
    expect(['fidelity', 'vanguard'].map(kinds)).toEqual([
      ['contributions', 'census'],
      ['contributions', 'census'],
    ]);
    expect(['silae', 'lucca', 'papaya-global', 'paychex'].map(kinds)).toEqual([
      ['payroll'],
      ['payroll'],
      ['payroll'],
      ['payroll'],
    ]);
    expect(['dice', 'glassdoor', 'e-verify', 'slack'].map(kinds)).toEqual([[], [], [], []]);
  });

  it('exchanges files with every provider that says so', () => {
    for (const provider of allProviders.filter(({ exchange }) => exchange !== null)) {
      expect([provider.slug, exchangesFiles(provider)]).toEqual([provider.slug, true]);
    }
    expect(exchangesFiles(findProvider('slack')!)).toBe(false);
  });

  it('has a layout that works for every kind of every provider', () => {
    for (const provider of allProviders) {
      for (const kind of kindsFor(provider).filter(isLayoutKind)) {
        expect(layoutProblem(startingLayout(kind, provider), fieldsOf(kind))).toBeNull();
      }
    }
  });

  it('names files by what identifies them', () => {
    expect(fileName(['0012345', '20261201', '42'], '834')).toBe('0012345_20261201_42.834');
    expect(fileName(['../../etc/passwd', ''], 'csv')).toBe('etc-passwd.csv');
    expect(fileName(['', '///'], 'csv')).toBe('file.csv');
  });

  it('follows answers: an envelope that was taken decides nothing', () => {
    expect(stateAfter('accepted', false)).toBeNull();
    expect(stateAfter('rejected', false)).toBe('rejected');
    expect(stateAfter('accepted', true)).toBe('acknowledged');
    expect(stateAfter('partly_accepted', true)).toBe('acknowledged');
    expect(stateAfter('rejected', true)).toBe('rejected');
  });
});

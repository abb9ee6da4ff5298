import { faults } from '@trunkline/contract/faults';
import type { Fault } from '@trunkline/contract/faults';
import { describe, expect, it } from 'vitest';
import { remediesFor, remedyWords } from './remedies.ts';

const all = { credentials: true, app: true, settings: true };
const problem = (fault: Fault) => ({ fault, title: 'It', cause: 'is', fix: 'so', link: null });
const failing = (
  fault: Fault,
  authType: 'oauth2' | 'api_key' = 'api_key',
  statusPageUrl: string | null = null,
) => ({
  enabled: true,
  status: 'error' as const,
  problem: problem(fault),
  authType,
  provider: { statusPageUrl },
});

describe('remediesFor', () => {
  it('has nothing to say when nothing is wrong', () => {
    const works = { ...failing('down'), status: 'active' as const, problem: null };
    expect(remediesFor(works, all)).toEqual([]);
  });

  it('offers something for every fault, with words', () => {
    for (const fault of faults) {
      const remedies = remediesFor(failing(fault), all);
      expect([fault, remedies.length]).not.toContain(0);
      expect(remedies.map((remedy) => remedyWords[remedy])).not.toContain('');
    }
  });

  it('switches on first what is off', () => {
    expect(remediesFor({ ...failing('reauth'), enabled: false, status: 'disabled' }, all)).toEqual([
      'switchOn',
    ]);
  });

  it('connects what was never connected', () => {
    expect(remediesFor({ ...failing('reauth', 'oauth2'), status: 'pending' }, all)).toEqual(['connect']);
  });

  it('asks for consent anew where a person gave it, for values where they were typed', () => {
    expect(remediesFor(failing('reauth', 'oauth2'), all)[0]).toBe('reconnect');
    expect(remediesFor(failing('scope', 'oauth2'), all)[0]).toBe('permission');
    expect(remediesFor(failing('reauth'), all)[0]).toBe('credentials');
    expect(remediesFor(failing('scope'), all)[0]).toBe('credentials');
    expect(remediesFor(failing('reauth'), { ...all, credentials: false })[0]).toBe('app');
  });

  it('leads to the status page when there is one', () => {
    expect(remediesFor(failing('down'), all)).toEqual(['test']);
    expect(remediesFor(failing('down', 'api_key', 'https://status.example'), all)).toContain('statusPage');
  });

  it('never leads to settings that are not there', () => {
    expect(remediesFor(failing('config'), all)).toContain('settings');
    expect(remediesFor(failing('config'), { ...all, settings: false })).not.toContain('settings');
  });
});

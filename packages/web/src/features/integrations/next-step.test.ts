import type { Fault } from '@trunkline/contract/faults';
import { describe, expect, it } from 'vitest';
import { accountWords, nextStep } from './next-step.ts';

const problem = (fault: Fault) => ({ fault, title: '', cause: '', fix: '', link: null });

describe('nextStep', () => {
  it('continues what was begun and connects again what is refused', () => {
    expect(nextStep({ authType: 'oauth2', status: 'pending', problem: null })).toBe('continue');
    expect(nextStep({ authType: 'oauth2', status: 'error', problem: problem('reauth') })).toBe('reconnect');
    expect(nextStep({ authType: 'oauth2', status: 'degraded', problem: problem('scope') })).toBe('reconnect');
  });

  it('has nothing to offer where consent does not help', () => {
    expect(nextStep({ authType: 'oauth2', status: 'error', problem: problem('down') })).toBeNull();
    expect(nextStep({ authType: 'api_key', status: 'error', problem: problem('reauth') })).toBeNull();
    expect(nextStep({ authType: 'oauth2', status: 'disabled', problem: problem('reauth') })).toBeNull();
    expect(nextStep({ authType: 'oauth2', status: 'active', problem: null })).toBeNull();
  });
});

describe('accountWords', () => {
  it('names the account, or says that there is none yet', () => {
    const words = (account: string | null, place: string | null, status: 'active' | 'pending' = 'active') =>
      accountWords({ account, place, startedBy: null, status });
    expect(words('acme', null)).toBe('Connected to acme');
    expect(words('Acme Corp', '#support-alerts')).toBe('Connected to Acme Corp, #support-alerts');
    expect(words('support@acme.example', 'support@acme.example')).toBe('Connected to support@acme.example');
    expect(words(null, '#general', 'pending')).toBe('Waits to be connected');
    expect(words(null, null)).toBeNull();
  });

  it('says what starts its flows, where a provider has some', () => {
    const words = (startedBy: number, status: 'active' | 'pending' = 'active') =>
      accountWords({ account: null, place: null, startedBy, status });
    expect(words(3)).toBe('3 webhooks start Zaps');
    expect(words(1)).toBe('1 webhook starts a Zap');
    expect(words(0)).toBe('No webhook starts a Zap yet');
    expect(words(3, 'pending')).toBe('Waits to be connected');
  });
});

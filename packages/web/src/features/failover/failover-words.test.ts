import type { FailoverConfig, FailoverMember } from '@trunkline/contract/failover';
import { describe, expect, it } from 'vitest';
import {
  activeText,
  capabilityText,
  copyBackText,
  copyBackTitle,
  makePrimaryText,
  overText,
  standingOf,
  switchText,
} from './failover-words.ts';

const member = (name: string, status: FailoverMember['status'] = 'active'): FailoverMember => ({
  id: name,
  name,
  provider: { slug: 'sendgrid', name: 'SendGrid' },
  address: null,
  status,
  problem: null,
  lastCheckAt: null,
  consecutiveFailures: 0,
  capabilities: ['email.send'],
});

const config = (change: Partial<FailoverConfig> = {}): FailoverConfig => ({
  integrationId: 'A',
  primary: member('A', 'error'),
  backups: [member('B')],
  activeIntegrationId: 'B',
  failedOverAt: '2026-11-23T10:00:00.000Z',
  trigger: 'automatic',
  restoreAt: null,
  backupIntegrationId: 'B',
  enableAutoFailover: true,
  failoverThreshold: 3,
  alertOnFailover: true,
  autoRestore: true,
  stabilityMinutes: 10,
  version: 1,
  candidates: [],
  filesToCopyBack: { waiting: 0, givenUp: 0, problem: null },
  switches: [],
  ...change,
});

describe('words of failover', () => {
  it('say where calls go, and what brings them back', () => {
    expect(overText(config())?.text).toBe('It goes back by itself when A has worked for 10 minutes.');
    expect(overText(config({ stabilityMinutes: 0 }))?.text).toContain('one check');
    expect(overText(config({ trigger: 'manual' }))?.text).toContain('A person switched');
    expect(overText(config({ activeIntegrationId: 'A' }))).toBeNull();
  });

  it('say which files are not at the primary yet, and why', () => {
    expect([copyBackTitle(0), copyBackTitle(1), copyBackTitle(3)]).toEqual([
      null,
      '1 file waits to be copied back',
      '3 files wait to be copied back',
    ]);
    const files = { waiting: 3, givenUp: 0, problem: null };
    expect(copyBackText(files, true)).toContain('when calls go to the primary again');
    expect(copyBackText(files, false)).toBe('Each is read at the backup until it is copied.');
    const problem = { fault: 'down', title: 'S3 is down', cause: '', fix: '', link: null } as const;
    expect(copyBackText({ waiting: 1, givenUp: 1, problem }, false)).toBe(
      '1 file is not tried again and read at the backup from now on: store it anew, or copy again when the cause is mended. The last try failed: S3 is down.',
    );
  });

  it('say for what calls go through one of two that are both active', () => {
    const able = ['storage.put', 'storage.get', 'storage.sign'] as const;
    expect(activeText({ activeFor: able, capabilities: able })).toBe('Currently active');
    expect(activeText({ activeFor: ['storage.sign'], capabilities: able })).toBe(
      `Currently active for: ${capabilityText(['storage.sign'])}`,
    );
  });

  it('tell standby from active, and never hide an error', () => {
    expect(standingOf(member('B'), false).label).toBe('Standby');
    expect(standingOf(member('B'), true).label).toBe('Active');
    expect(standingOf(member('B', 'error'), false).label).toBe('Error');
  });

  it('say what a switch was, and what making a primary will do', () => {
    const ends = { from: { id: 'A', name: 'A' }, to: { id: 'B', name: 'B' } };
    const common = {
      id: '1',
      trigger: 'manual',
      primary: ends.from,
      problem: null,
      by: 'Ada',
      at: '',
    } as const;
    expect(switchText({ ...common, ...ends, kind: 'failed_over' })).toBe('B is used instead of A');
    expect(switchText({ ...common, from: ends.to, to: ends.from, kind: 'restored' })).toBe(
      'A is used again instead of B',
    );
    expect(makePrimaryText(member('B'), { name: 'A' }).join(' ')).toContain('A becomes its first backup');
    expect(capabilityText(['email.send'])).toBe('Send email');
  });
});

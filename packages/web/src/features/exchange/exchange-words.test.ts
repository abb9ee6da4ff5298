import type { FileFinding } from '@trunkline/contract/files';
import { describe, expect, it } from 'vitest';
import { badgeOf, placeOf, sizeWords, stateSentence } from './exchange-words.ts';

const nowhere: FileFinding = {
  severity: 'error',
  code: 'x',
  message: 'x',
  segment: null,
  position: null,
  element: null,
  member: null,
  row: null,
  column: null,
};
const file = {
  state: 'ready',
  direction: 'outgoing',
  outcome: null,
  error: null,
  errors: 0,
  erased: false,
  kind: 'enrollment',
} as const;

describe('the words of files', () => {
  it('says where a finding is', () => {
    expect(placeOf(nowhere)).toBe('');
    expect(placeOf({ ...nowhere, row: 4, column: 'Check Date' })).toBe('Row 4, Check Date');
    expect(placeOf({ ...nowhere, segment: 'INS', position: 12, element: 'INS02', member: 3 })).toBe(
      'Segment INS (12), INS02, member 3',
    );
  });

  it('shows at a glance that a file was taken with errors only', () => {
    expect(badgeOf({ state: 'acknowledged', outcome: 'accepted' })).toBe('acknowledged');
    expect(badgeOf({ state: 'acknowledged', outcome: 'partly_accepted' })).toBe('partly');
    expect(badgeOf({ state: 'rejected', outcome: 'rejected' })).toBe('rejected');
  });

  it('says what comes next', () => {
    expect(stateSentence(file, 'sftp')).toContain('can be sent');
    expect(stateSentence(file, 'manual')).toContain('download it');
    expect(stateSentence({ ...file, error: 'No answer.' }, 'sftp')).toContain('No answer.');
    expect(stateSentence({ ...file, state: 'draft', errors: 2 }, 'sftp')).toContain('has errors');
    expect(stateSentence({ ...file, state: 'draft', error: 'Made up.' }, 'sftp')).toBe(
      'It cannot be sent. Made up.',
    );
    expect(stateSentence({ ...file, erased: true }, 'sftp')).toContain('erased');
  });

  it('writes sizes', () => {
    expect([812, 12_400, 3_100_000].map(sizeWords)).toEqual(['812 B', '12.4 kB', '3.1 MB']);
  });
});

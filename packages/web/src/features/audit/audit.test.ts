import { auditActions } from '@trunkline/contract/audit';
import { describe, expect, it } from 'vitest';
import { auditInput, auditSearch, changeFilter } from './audit-filter.ts';
import {
  actionChoices,
  actionText,
  changesSummary,
  fieldText,
  targetChoices,
  valueText,
} from './audit-words.ts';

describe('audit words', () => {
  it('has plain words for every action, and survives an unknown one', () => {
    for (const action of auditActions) expect(actionText(action)).not.toMatch(/[._]/);
    expect(actionText('alert.muted')).toBe('Alert muted');
  });

  it('offers every action once', () => {
    const values = actionChoices().flatMap(({ items }) => items.map(({ value }) => value));
    expect(new Set(values).size).toBe(values.length);
    for (const action of auditActions) expect(values).toContain(action);
  });

  it('reads field names and values', () => {
    expect(fieldText('maxDelaySeconds')).toBe('Max delay seconds');
    expect(fieldText('url')).toBe('URL');
    expect([valueText(true), valueText(null), valueText(['a', 'b']), valueText(3600)]).toEqual([
      'on',
      'none',
      'a, b',
      '3,600',
    ]);
  });

  it.each([
    [{}, ''],
    [{ maxRetries: { before: 3, after: 5 } }, 'Max retries 3 → 5'],
    [{ role: { before: null, after: 'viewer' }, a: { before: 1, after: 2 } }, 'Role Viewer, 1 more'],
    [{ secret: { before: null, after: '«changed»' } }, 'Secret changed'],
    [{ schema: { before: null, after: { a: 1 } } }, 'Schema changed'],
  ])('sums %j up', (changes, text) => {
    expect(changesSummary(changes)).toBe(text);
  });
});

describe('audit filter', () => {
  it('includes both days whole', () => {
    const { since, until } = auditInput({ since: '2026-11-20', until: '2026-11-20' });
    expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(86_400_000);
  });

  it('asks for words, kind of target and one target', () => {
    const filter = auditSearch({ q: 'ada', type: 'webhook', target: 'id', other: 'x', action: 3 });
    expect(auditInput(filter)).toEqual({ search: 'ada', targetType: 'webhook', targetId: 'id' });
    expect(targetChoices('novelty').at(-1)).toEqual({ value: 'novelty', label: 'Novelty' });
  });

  it('leaves out what is empty or no day', () => {
    expect(auditInput({ since: 'yesterday', actor: 'x' })).toEqual({ actorId: 'x' });
    expect(auditInput({ until: '2026-99-99999' })).toEqual({});
  });

  it('takes an emptied field out', () => {
    expect(changeFilter({ action: 'webhook', actor: 'x' }, 'action', null)).toEqual({ actor: 'x' });
    expect(changeFilter({}, 'since', '2026-11-20')).toEqual({ since: '2026-11-20' });
  });
});

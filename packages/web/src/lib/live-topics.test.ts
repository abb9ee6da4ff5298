import { operations } from '@trunkline/contract/operations';
import { describe, expect, it } from 'vitest';
import { isAffected, operationTopics } from './live-topics.ts';

/** Queries that live messages never touch, each for a reason. */
const still = new Set([
  'getInvitation',
  // The list asks for what is newer by itself; a line and the plan of an export stay as they are.
  'listLogs',
  'getLogEntry',
  'planAuditExport',
  'planLogExport',
]);

describe('operationTopics', () => {
  it('says for every query operation what makes it stale', () => {
    const queries = Object.values(operations).filter((operation) => operation.kind === 'query');
    const missing = queries
      .map((operation) => operation.name)
      .filter((name) => !(name in operationTopics) && !still.has(name));
    expect(missing).toEqual([]);
    expect(queries.length).toBeGreaterThan(8);
  });
});

describe('isAffected', () => {
  it('compares the declared topics', () => {
    expect(isAffected(['listWebhooks', {}], new Set(['deliveries']))).toBe(true);
    expect(isAffected(['listWebhooks', {}], new Set(['audit']))).toBe(false);
    expect(isAffected(['listBulkJobs', {}], new Set(['bulk_jobs']))).toBe(true);
    expect(isAffected(['getEvent', {}], new Set(['bulk_jobs']))).toBe(false);
    expect(isAffected(['unknown', {}], new Set(['audit']))).toBe(false);
  });

  it('reads a list again that is sorted by what was measured, and no other, when something was measured', () => {
    const measured = new Set(['health'] as const);
    expect(isAffected(['listIntegrations', { limit: 100, sort: 'success' }, 'pages'], measured)).toBe(true);
    expect(isAffected(['listIntegrations', { limit: 100, sort: 'name' }, 'pages'], measured)).toBe(false);
    expect(isAffected(['listIntegrations', undefined], measured)).toBe(false);
  });
});

import { permissions } from '@trunkline/contract/permissions';
import type { Permission } from '@trunkline/contract/permissions';
import { describe, expect, it } from 'vitest';
import { visibleNavigation } from './navigation.ts';

const hrefs = (allowed: Permission[]) =>
  visibleNavigation(allowed).flatMap((group) => group.items.map((item) => item.href));

describe('visibleNavigation', () => {
  it('shows everything to who may read everything', () => {
    expect(hrefs(Object.keys(permissions) as Permission[])).toContain('/members');
  });

  it('leaves out what a person may not see, and groups that are empty then', () => {
    expect(hrefs(['webhook.read'])).toEqual(['/webhooks', '/docs']);
    expect(visibleNavigation([]).map((group) => group.label)).toEqual(['API']);
  });
});

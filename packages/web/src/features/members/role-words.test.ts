import { permissions } from '@trunkline/contract/permissions';
import { describe, expect, it } from 'vitest';
import { roleDifference, roleMatrix } from './role-words.ts';

describe('roleMatrix', () => {
  it('has every permission once, in plain words', () => {
    const rows = roleMatrix().flatMap((area) => area.rows);
    expect(new Set(rows.map(({ permission }) => permission))).toEqual(new Set(Object.keys(permissions)));
    expect(rows).toHaveLength(Object.keys(permissions).length);
    for (const { act } of rows) expect(act).not.toContain('.');
  });

  it('says who may, from the matrix that the server applies', () => {
    const clear = roleMatrix()
      .flatMap((area) => area.rows)
      .find(({ permission }) => permission === 'dead_letter.clear');
    expect(clear?.allowed).toEqual({
      system_admin: true,
      utility_admin: false,
      viewer: false,
      api_key: true,
    });
  });
});

describe('roleDifference', () => {
  it('lists what is lost and gained', () => {
    expect(roleDifference('system_admin', 'utility_admin')).toEqual({
      gained: [],
      lost: [
        'Delete webhooks',
        'Clear dead letters',
        'Change retry settings',
        'Choose when integrations are verified',
        'Show stored credentials',
        'Disconnect integrations',
        'Set up apps at providers',
        'Delete sources of inbound webhooks',
        'Change how long inbound webhooks are kept',
        'Change failover settings, switch and restore',
        'Add and change own providers',
        'Choose what the catalog shows',
        'Clear logs',
        'Change how long logs are kept',
        'Change rules, channels and quiet hours',
        'Regenerate the key',
        'Make, change and revoke scoped keys',
        'Change limits',
        'Make and revoke portal tokens',
        'Allow pages to show the portal',
        'Change how long the audit log is kept',
        'Switch recording of use on and off',
        'Invite, remove, change roles, sign out',
        'Set how people sign in',
      ],
    });
    expect(roleDifference('viewer', 'utility_admin').gained).toContain('Send tests');
  });
});

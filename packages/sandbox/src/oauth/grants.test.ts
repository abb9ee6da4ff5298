import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { Clients } from './clients.ts';
import { Grants } from './grants.ts';

it('forgets what ended a day ago, and keeps what still works', () => {
  let now = 0;
  const grants = new Grants(() => now, randomBytes, { access: 'at-', refresh: 'rt-' });
  const client = new Clients('plain').of('Trunkline');
  const grant = { client, account: null, scopes: [], place: {}, nonce: null, revoked: false };
  const gone = { ...grant, revoked: true };
  const code = grants.issueCode({ grant, redirectUri: '', challenge: null, withRefreshToken: true });
  const [short, endless] = [grants.issueAccess(grant, [], 60), grants.issueAccess(grant, [], null)];
  const [refresh, dead] = [grants.issueRefresh(grant), grants.issueRefresh(gone)];
  expect([short.slice(0, 3), refresh.slice(0, 3)]).toEqual(['at-', 'rt-']);
  now = 86_400_000;
  for (let turn = 0; turn < 1000; turn += 1) grants.issueAccess(grant, [], 60);
  expect(grants.findAccess(short)).toBeDefined();
  now = 86_400_000 + 61_000;
  for (let turn = 0; turn < 1000; turn += 1) grants.issueAccess(grant, [], 60);
  expect([grants.findCode(code), grants.findAccess(short), grants.findRefresh(dead)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(grants.findAccess(endless)).toBeDefined();
  expect(grants.findRefresh(refresh)).toBeDefined();
});

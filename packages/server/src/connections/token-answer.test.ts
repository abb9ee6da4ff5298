import { describe, expect, it } from 'vitest';
import { callbackPath } from './oauth-addresses.ts';
import { grantedScopes, missingScopes } from './granted-scopes.ts';
import { TokenRefusal, scopesOf, standardAnswer } from './token-answer.ts';

const refusalOf = (status: number, text: string): TokenRefusal => {
  try {
    standardAnswer({}, status, text);
  } catch (error) {
    if (error instanceof TokenRefusal) return error;
  }
  throw new Error('expected a refusal');
};

describe('an answer of a token URL', () => {
  it.each([
    [400, '{"error":"invalid_grant","error_description":"Token expired"}', 'invalid_grant', 400],
    // GitHub and Slack say no in a good answer.
    [200, '{"error":"bad_verification_code"}', 'bad_verification_code', 400],
    [200, '{"ok":false,"error":"invalid_code"}', 'invalid_code', 400],
    [503, '<html>Service Unavailable</html>', 'http_503', 503],
    [200, '', 'http_200', 400],
    [500, '{"error":{"code":1}}', 'http_500', 500],
    [400, '{"error":"<script>alert(1)</script>"}', 'http_400', 400],
    [302, '{"access_token":"t"}', 'http_302', 400],
  ])('%i %s is a refusal', (status, text, code, means) => {
    const refusal = refusalOf(status, text);
    expect([refusal.code, refusal.status, refusal.message]).toEqual([code, means, code]);
  });

  it('is brought into the form of the standard', () => {
    const slack = '{"ok":true,"access_token":"x","token_type":"bot","scope":"a,b","refresh_token":null}';
    expect(standardAnswer({}, 200, slack)).toEqual({
      ok: true,
      access_token: 'x',
      token_type: 'bearer',
      scope: 'a,b',
    });
    expect(standardAnswer({}, 201, '{"access_token":"x","scope":["a","b"]}')).toMatchObject({ scope: 'a b' });
    expect(standardAnswer({}, 200, '{"access_token":"x","id_token":"y"}')).not.toHaveProperty('id_token');
    const known = { issuer: 'https://accounts.google.com' };
    expect(standardAnswer(known, 200, '{"access_token":"x","id_token":"y"}')).toHaveProperty('id_token');
    expect(scopesOf('a,b c')).toEqual(['a', 'b', 'c']);
  });
});

describe('permissions', () => {
  const scopes = [
    { scope: 'openid', means: 'Know who', required: true },
    { scope: 'email', means: 'See the address', required: true, grantedAs: ['https://long/email'] },
    { scope: 'offline_access', means: 'Stay connected', required: true },
    { scope: 'write', means: 'Write', required: false },
  ];
  const asked = ['openid', 'email', 'offline_access', 'write'];

  it('are those that the answer names, by whatever name, or shows', () => {
    const answer = { scopes: ['https://long/email', 'more'], body: { id_token: 'x' }, refreshToken: 'y' };
    expect(grantedScopes({ scopes }, asked, answer)).toEqual(['email', 'more', 'openid', 'offline_access']);
    expect(grantedScopes({ scopes }, asked, { ...answer, scopes: null })).toEqual(asked);
    const bare = { scopes: ['write'], body: {}, refreshToken: null };
    expect(grantedScopes({ scopes }, asked, bare)).toEqual(['write']);
  });

  it('are of no use when nothing of what is needed is among them; who signed in is not enough', () => {
    const withWork = [...scopes, { scope: 'read', means: 'Read', required: true }];
    const wanted = [...asked, 'read'];
    expect(missingScopes(withWork, wanted, ['email', 'read'])).toEqual({
      missing: ['openid', 'offline_access', 'write'],
      useless: false,
    });
    expect(missingScopes(withWork, wanted, ['openid', 'email', 'write']).useless).toBe(true);
    // A provider for signing in only.
    expect(missingScopes(scopes, asked, ['openid']).useless).toBe(false);
    expect(missingScopes(scopes, asked, ['write']).useless).toBe(true);
    expect(missingScopes([], [], [])).toEqual({ missing: [], useless: false });
  });
});

it('a provider that an organization added has a way back of its own', () => {
  expect(callbackPath('slack')).toBe('/api/integrations/oauth/callback');
  expect(callbackPath('custom-acme')).toBe('/api/integrations/oauth/callback/custom-acme');
});

import { z } from 'zod';
import { RoleName } from './access.ts';
import { Done, Empty, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Single sign-on';

const Issuer = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .describe('As the identity provider names itself, e.g. `https://acme.okta.com`.');

const Domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^(?=.{3,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/);

export const SsoConnection = z.object({
  issuer: Issuer,
  clientId: z.string(),
  domains: z.array(z.string()),
  defaultRole: RoleName.nullable().describe('Of whoever comes without an invitation; null: nobody does.'),
  required: z
    .boolean()
    .describe('Other ways of signing in are for system administrators with a second factor.'),
});

export const SsoDomain = z.object({
  domain: z.string(),
  provedAt: Timestamp.nullable().describe('Null: its addresses lead nowhere from the sign-in page.'),
  recordName: z
    .string()
    .describe('Of the TXT record that proves it.')
    .meta({ example: '_trunkline.example.com' }),
  recordValue: z.string(),
  checkedAt: Timestamp.nullable(),
  problem: z.string().nullable().describe('What the last look found instead of the record.'),
  missingSince: Timestamp.nullable().describe('Of a domain that was proved: since when the record is gone.'),
  lapsesAt: Timestamp.nullable().describe('When it stops leading here, unless the record is back by then.'),
  lapsedAt: Timestamp.nullable().describe('When it stopped, because the record was gone for days.'),
});
export type SsoDomain = z.infer<typeof SsoDomain>;

export const getSso = defineOperation({
  name: 'getSso',
  procedure: 'access.getSso',
  kind: 'query',
  tag,
  summary: "The organization's identity provider",
  permission: 'member.read',
  people: true,
  input: Empty,
  output: z.object({
    connection: SsoConnection.nullable(),
    domains: z.array(SsoDomain),
    callbackUrl: z.string().describe('To be allowed at the identity provider.'),
    signInUrl: z.string().describe('Begins to sign in to this organization.'),
  }),
  rest: [{ method: 'GET', path: '/api/v1/sso' }],
});

export const saveSso = defineOperation({
  name: 'saveSso',
  procedure: 'access.saveSso',
  kind: 'mutation',
  tag,
  summary: 'Set the identity provider (OpenID Connect)',
  permission: 'sign_in.write',
  people: true,
  fresh: true,
  input: SsoConnection.extend({
    clientId: z.string().trim().min(1).max(500),
    clientSecret: z.string().min(1).max(1000).optional().describe('Left out: the one that is stored.'),
    domains: z
      .array(Domain)
      .max(20)
      .describe(
        'Whose addresses are believed, when the provider has verified them. A proved one also leads here.',
      ),
  }),
  output: SsoConnection,
  rest: [{ method: 'PUT', path: '/api/v1/sso' }],
});

export const deleteSso = defineOperation({
  name: 'deleteSso',
  procedure: 'access.deleteSso',
  kind: 'mutation',
  tag,
  summary: 'Remove the identity provider; sessions that came from it end',
  permission: 'sign_in.write',
  people: true,
  fresh: true,
  input: Empty,
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/sso' }],
});

export const testSso = defineOperation({
  name: 'testSso',
  procedure: 'access.testSso',
  kind: 'mutation',
  tag,
  summary: 'Read what an identity provider says about itself',
  permission: 'sign_in.write',
  people: true,
  input: z.object({ issuer: Issuer }),
  output: z.object({
    authorizationEndpoint: z.string(),
    tokenEndpoint: z.string(),
    pkce: z.boolean().describe('Says that it supports PKCE with S256.'),
  }),
  rest: [{ method: 'POST', path: '/api/v1/sso/test' }],
});

export const checkSsoDomain = defineOperation({
  name: 'checkSsoDomain',
  procedure: 'access.checkSsoDomain',
  kind: 'mutation',
  tag,
  summary: 'Look for the TXT record that proves a domain',
  permission: 'sign_in.write',
  people: true,
  input: z.object({ domain: Domain }),
  output: SsoDomain,
  rest: [{ method: 'POST', path: '/api/v1/sso/domains/{domain}/check' }],
});

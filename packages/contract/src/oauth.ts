import { z } from 'zod';
import { Done, Empty, Id, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'OAuth';

const integrationId = Id;

/** A permission in plain words, with the provider's word for it. */
export const GrantedScope = z.object({
  scope: z.string(),
  means: z.string(),
  required: z.boolean(),
  granted: z.boolean(),
});
export type GrantedScope = z.infer<typeof GrantedScope>;

export const OAuthStatus = z.object({
  integrationId: Id,
  grant: z.enum(['authorization_code', 'client_credentials']),
  connected: z.boolean(),
  needsReauthentication: z.boolean(),
  account: z.string().nullable(),
  expiresAt: Timestamp.nullable().describe('Null: the token does not expire, or none is there.'),
  autoRefresh: z.boolean().describe('The token is renewed before it expires, without anybody’s help.'),
  lastRefreshAt: Timestamp.nullable(),
  scopes: z.array(GrantedScope).describe('Every permission that the provider knows for this integration.'),
  app: z
    .enum(['organization', 'instance', 'integration'])
    .nullable()
    .describe('Whose client id and secret are used; `integration`: its own; null: none are configured yet.'),
  canRevoke: z.boolean().describe('The provider takes revocations.'),
});
export type OAuthStatus = z.infer<typeof OAuthStatus>;

export const getOAuthStatus = defineOperation({
  name: 'getOAuthStatus',
  procedure: 'integrations.getOAuthStatus',
  kind: 'query',
  tag,
  summary: 'Connected as whom, until when, with which permissions',
  permission: 'integration.read',
  input: z.object({ integrationId }),
  output: OAuthStatus,
  rest: [{ method: 'GET', path: '/api/v1/integrations/{integrationId}/oauth' }],
});

export const initiateOAuth = defineOperation({
  name: 'initiateOAuth',
  procedure: 'integrations.initiateOAuth',
  kind: 'mutation',
  tag,
  summary: 'Begin to connect: the address to send the person to',
  description:
    'The address works once, for ten minutes, in the browser that opens it first. Without `scopes` the required ones and those granted before are asked for. Also for connecting again and for asking for more permissions.',
  permission: 'integration.write',
  input: z.object({
    integrationId,
    scopes: z.array(z.string().min(1).max(500)).max(100).optional(),
    callback: z
      .enum(['shared', 'integration'])
      .default('shared')
      .describe(
        '`integration`: the provider sends the browser back to `/api/company/integrations/{integrationId}/callback`, which must then be registered there.',
      ),
  }),
  output: z.object({
    authorizationUrl: z.string().describe('For an API key: an address of our own that leads there.'),
    attemptId: Id.describe('Ask `getOAuthAttempt` what became of it.'),
    expiresAt: Timestamp,
  }),
  rest: [
    { method: 'POST', path: '/api/v1/integrations/{integrationId}/connect' },
    { method: 'POST', path: '/api/company/integrations/{integrationId}/connect' },
  ],
});

/** `failed` carries the reason; `denied`: the person said no at the provider. */
export const OAuthAttempt = z.object({
  id: Id,
  integrationId: Id,
  provider: z.string(),
  providerName: z.string(),
  state: z.enum(['waiting', 'succeeded', 'denied', 'expired', 'failed']),
  detail: z.string().nullable().describe('What went wrong and what to do, in plain words.'),
  account: z.string().nullable(),
  missingScopes: z.array(GrantedScope).describe('Asked for and not given.'),
});
export type OAuthAttempt = z.infer<typeof OAuthAttempt>;

export const getOAuthAttempt = defineOperation({
  name: 'getOAuthAttempt',
  procedure: 'integrations.getOAuthAttempt',
  kind: 'query',
  tag,
  summary: 'What became of one attempt to connect',
  permission: 'integration.read',
  input: z.object({ attemptId: Id }),
  output: OAuthAttempt,
  rest: [{ method: 'GET', path: '/api/v1/oauth-attempts/{attemptId}' }],
});

export const disconnectOAuth = defineOperation({
  name: 'disconnectOAuth',
  procedure: 'integrations.disconnectOAuth',
  kind: 'mutation',
  tag,
  summary:
    'Revoke the tokens at the provider and delete them; the integration stays and waits to be connected again',
  permission: 'integration.disconnect',
  fresh: true,
  input: z.object({ integrationId }),
  output: z.object({ revoked: z.boolean().nullable(), detail: z.string() }),
  rest: [{ method: 'DELETE', path: '/api/v1/integrations/{integrationId}/oauth' }],
});

/** The organization's app at a provider: client id and secret, once for all its integrations there. */
export const OAuthApp = z.object({
  provider: z.string(),
  providerName: z.string(),
  source: z
    .enum(['organization', 'instance'])
    .nullable()
    .describe('`instance`: set by the operator for everybody; null: not configured.'),
  values: z.record(z.string(), z.string()).describe('Values that are not secret.'),
  secretsSet: z.array(z.string()).describe('Keys of the secrets that are stored.'),
  redirectUri: z.string().describe('To be registered at the provider, exactly so.'),
  updatedAt: Timestamp.nullable(),
  integrations: z.number().int().describe('Integrations that use it.'),
});
export type OAuthApp = z.infer<typeof OAuthApp>;

export const listOAuthApps = defineOperation({
  name: 'listOAuthApps',
  procedure: 'integrations.listOAuthApps',
  kind: 'query',
  tag,
  summary: 'Apps at the providers that connect by OAuth',
  permission: 'integration.read',
  input: Empty,
  output: z.object({ data: z.array(OAuthApp) }),
  rest: [{ method: 'GET', path: '/api/v1/oauth-apps' }],
});

export const getOAuthApp = defineOperation({
  name: 'getOAuthApp',
  procedure: 'integrations.getOAuthApp',
  kind: 'query',
  tag,
  summary: 'The app at one provider',
  permission: 'integration.read',
  input: z.object({ provider: z.string().min(1).max(100) }),
  output: OAuthApp,
  rest: [{ method: 'GET', path: '/api/v1/oauth-apps/{provider}' }],
});

export const saveOAuthApp = defineOperation({
  name: 'saveOAuthApp',
  procedure: 'integrations.saveOAuthApp',
  kind: 'mutation',
  tag,
  summary: 'Set client id and secret for a provider; secrets that are not named stay',
  permission: 'oauth_app.write',
  fresh: true,
  input: z.object({
    provider: z.string().min(1).max(100),
    values: z.record(z.string().max(100), z.string().max(20_000)),
  }),
  output: OAuthApp,
  rest: [{ method: 'PUT', path: '/api/v1/oauth-apps/{provider}' }],
});

export const deleteOAuthApp = defineOperation({
  name: 'deleteOAuthApp',
  procedure: 'integrations.deleteOAuthApp',
  kind: 'mutation',
  tag,
  summary: 'Remove the organization’s own app; the instance’s takes over where there is one',
  permission: 'oauth_app.write',
  fresh: true,
  input: z.object({ provider: z.string().min(1).max(100) }),
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/oauth-apps/{provider}', status: 204 }],
});

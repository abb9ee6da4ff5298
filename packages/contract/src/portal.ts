import { z } from 'zod';
import { RoleName } from './access.ts';
import { Empty, Id, PageInput, Timestamp, pageOf } from './common.ts';
import { defineOperation } from './operation.ts';
import { portalParts } from './portal-parts.ts';

const tag = 'Portal';

/** How long the session of a token may last, in seconds. */
export const portalSeconds = { least: 300, most: 3600, normal: 900 } as const;

/** How long a token waits to be exchanged, in seconds. */
export const portalExchangeSeconds = 120;

const Parts = z
  .array(z.enum(portalParts))
  .min(1)
  .max(portalParts.length)
  .describe('What it opens.')
  .meta({ example: ['webhooks'] });

const Subject = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .describe("Who it is for, as your product names its user. The audit log names them, and says 'via portal'.")
  .meta({ example: 'jane@example.com' });

const Origin = z
  .string()
  .max(300)
  .describe('Scheme, host and, unless it is the usual one, port of a page.')
  .meta({ example: 'https://app.example.com' });

export const PortalToken = z.object({
  id: Id,
  subject: z.string().nullable(),
  parts: z.array(z.enum(portalParts)),
  role: RoleName,
  createdBy: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp.describe('When its session is over.'),
  status: z
    .enum(['waiting', 'open', 'lapsed', 'expired', 'revoked'])
    .describe(
      '`waiting`: not exchanged yet. `open`: exchanged, and in use. `lapsed`: not exchanged in time. `revoked`: ended before its time.',
    ),
  exchangedAt: Timestamp.nullable(),
  origin: z.string().nullable().describe('The page in which it was exchanged.'),
  revokedAt: Timestamp.nullable(),
  revokedBy: z.string().nullable(),
});
export type PortalToken = z.infer<typeof PortalToken>;

export const createPortalToken = defineOperation({
  name: 'createPortalToken',
  procedure: 'portal.createPortalToken',
  kind: 'mutation',
  tag,
  summary: 'Make a token that opens this page inside your own product, for one of its users',
  description:
    'For your back end. The token works once, within two minutes, in a frame on one of the allowed origins; the session that it is exchanged for ends at `expiresAt`. It never gives more than the API key that makes it has: beside `portal`, a key with scopes needs those of what it hands on.',
  permission: 'portal.write',
  input: z.object({
    parts: Parts,
    role: RoleName.default('viewer').describe('What its user may do there; a viewer looks.'),
    subject: Subject.optional(),
    expiresInSeconds: z
      .number()
      .int()
      .min(portalSeconds.least)
      .max(portalSeconds.most)
      .default(portalSeconds.normal)
      .describe('How long its session lasts, from now.'),
  }),
  output: PortalToken.pick({ id: true, subject: true, parts: true, role: true, expiresAt: true }).extend({
    token: z.string().describe('Shown once. Hand it to the page, never into an address.'),
    url: z.string().describe('The address of the frame.'),
    exchangeBy: Timestamp.describe('Until when it can be exchanged.'),
  }),
  rest: [{ method: 'POST', path: '/api/v1/portal/tokens', status: 201 }],
});

export const listPortalTokens = defineOperation({
  name: 'listPortalTokens',
  procedure: 'portal.listPortalTokens',
  kind: 'query',
  tag,
  summary: 'Portal tokens of the last 30 days, newest first',
  permission: 'portal.read',
  input: PageInput.extend({
    subject: z.string().max(120).optional().describe('Only those of this subject.'),
    open: z
      .union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')])
      .optional()
      .describe('Only those that wait or are in use.'),
  }),
  output: pageOf(PortalToken),
  rest: [{ method: 'GET', path: '/api/v1/portal/tokens' }],
});

export const revokePortalToken = defineOperation({
  name: 'revokePortalToken',
  procedure: 'portal.revokePortalToken',
  kind: 'mutation',
  tag,
  summary: 'End a portal token and its session at once',
  permission: 'portal.write',
  input: z.object({ id: Id }),
  output: PortalToken,
  rest: [{ method: 'POST', path: '/api/v1/portal/tokens/{id}/revoke' }],
});

export const revokePortalTokens = defineOperation({
  name: 'revokePortalTokens',
  procedure: 'portal.revokePortalTokens',
  kind: 'mutation',
  tag,
  summary: 'End all portal tokens and their sessions at once, or all of one subject',
  permission: 'portal.write',
  input: z.object({ subject: Subject.optional() }),
  output: z.object({ revoked: z.number().int() }),
  rest: [{ method: 'POST', path: '/api/v1/portal/tokens/revoke' }],
});

/** What a frame gets for its token. */
export const PortalSession = z.object({
  session: z.string().describe('Sent as a bearer token; kept in memory only.'),
  expiresAt: Timestamp,
  secondsLeft: z.number().int().describe('Until then; for clocks that are wrong.'),
  parts: z.array(z.enum(portalParts)),
});

export const exchangePortalToken = defineOperation({
  name: 'exchangePortalToken',
  procedure: 'portal.exchangePortalToken',
  kind: 'mutation',
  tag,
  summary: 'Exchange a portal token for a session; for the frame',
  description:
    'Works once. A token that comes a second time was copied: its session ends, and the audit log has a record of it.',
  permission: 'public',
  input: z.object({
    token: z.string().min(20).max(100),
    organizationId: Id.describe('Of the address of the frame.'),
    origin: Origin.describe('The page around the frame, as the browser names it.'),
  }),
  output: PortalSession,
});

/** At most so many origins. */
export const portalOriginsLimit = 20;

export const PortalSettings = z.object({
  origins: z
    .array(Origin)
    .max(portalOriginsLimit)
    .describe('Pages that may show the portal in a frame; none: it is switched off.'),
  frameUrl: z.string().describe('The address of the frame.'),
});
export type PortalSettings = z.infer<typeof PortalSettings>;

export const getPortalSettings = defineOperation({
  name: 'getPortalSettings',
  procedure: 'portal.getPortalSettings',
  kind: 'query',
  tag,
  summary: 'Which pages may show the portal in a frame',
  permission: 'portal.read',
  input: Empty,
  output: PortalSettings,
  rest: [{ method: 'GET', path: '/api/v1/portal/settings' }],
});

export const updatePortalSettings = defineOperation({
  name: 'updatePortalSettings',
  procedure: 'portal.updatePortalSettings',
  kind: 'mutation',
  tag,
  summary: 'Change which pages may show the portal in a frame',
  description: 'An origin that is taken away ends the sessions that were opened there.',
  permission: 'portal.settings',
  fresh: true,
  input: PortalSettings.pick({ origins: true }),
  output: PortalSettings,
  rest: [{ method: 'PUT', path: '/api/v1/portal/settings' }],
});

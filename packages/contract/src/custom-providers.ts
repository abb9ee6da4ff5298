import { z } from 'zod';
import { CategoryKey } from './catalog.ts';
import { CheckReport } from './checks.ts';
import { Done, Empty, Timestamp } from './common.ts';
import { FieldValues } from './integrations.ts';
import { defineOperation } from './operation.ts';

const tag = 'Custom providers';

/** One line of text. Braces would stand for a value that is filled in, which a definition cannot name. */
function line(max: number, min = 1) {
  return z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), 'One line, without control characters')
    .refine((text) => !/[{}]/.test(text), 'Without { and }');
}

/** An address that is called. The server checks it like the URL of a webhook: HTTPS, public. */
const CalledUrl = line(2_048).meta({ example: 'https://api.example.com/v1' });

/** An address that people open. */
const LinkUrl = z
  .url({ protocol: /^https$/, error: 'An address that begins with https://' })
  .max(2_048)
  .nullable()
  .default(null);

const HeaderName = z
  .string()
  .max(80)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'The name of a header, such as X-Api-Key');

/** They frame the message or lead it elsewhere; the server sets them. */
const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'cookie',
  'keep-alive',
]);
const CredentialHeader = HeaderName.refine(
  (name) => !ownHeaders.has(name.toLowerCase()) && !name.toLowerCase().startsWith('proxy-'),
  'A header that the server sets itself',
);

const Label = line(50);
const Help = line(200, 0).default('');

/** Where the credentials of a REST API go, and what the fields are called for those who enter them. */
export const CustomAuth = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('header'),
    header: CredentialHeader.meta({ example: 'X-Api-Key' }),
    prefix: z
      .string()
      .max(30)
      .regex(/^[\x20-\x7e]*$/, 'Printable ASCII')
      .refine((text) => !/[{}]/.test(text), 'Without { and }')
      .default('')
      .describe('Before the key, its blank included, such as `Token `.'),
    label: Label.default('API key'),
    help: Help,
  }),
  z.object({
    type: z.literal('query'),
    parameter: z
      .string()
      .max(80)
      .regex(/^[A-Za-z0-9._~-]+$/, 'The name of a parameter, such as api_key')
      .meta({ example: 'api_key' }),
    label: Label.default('API key'),
    help: Help,
  }),
  z.object({ type: z.literal('bearer'), label: Label.default('Access token'), help: Help }),
  z.object({
    type: z.literal('basic'),
    userLabel: Label.default('User name'),
    passwordLabel: Label.default('Password'),
    help: Help,
  }),
]);
export type CustomAuth = z.infer<typeof CustomAuth>;

/** A harmless question whose answer proves that the credentials work. */
export const CustomHealth = z.object({
  method: z.enum(['GET', 'HEAD', 'POST']).default('GET'),
  path: line(1_000)
    .regex(/^\/(?!\/)\S*$/, 'A path that begins with one slash, without blanks')
    .describe('Behind the base URL.')
    .meta({ example: '/me' }),
  expect: z
    .array(z.number().int().min(200).max(599))
    .min(1)
    .max(10)
    .default([200])
    .describe('Statuses that mean that it works.'),
  mustContain: z
    .string()
    .min(1)
    .max(200)
    .nullable()
    .default(null)
    .describe('A text that a good answer holds, for APIs that answer 200 to everything.'),
});
export type CustomHealth = z.infer<typeof CustomHealth>;

const common = {
  name: line(60).meta({ example: 'Acme Time Tracking' }),
  category: CategoryKey,
  description: line(300, 0).default('').describe('A sentence is made when it is empty.'),
  docsUrl: LinkUrl,
  statusPageUrl: LinkUrl,
};

/** Parameters of the request for consent that the product sets itself. */
const ownParameters =
  /^(?:state|redirect_uri|client_id|client_secret|response_type|scope|nonce|code_challenge|code_challenge_method|request|request_uri)$/i;

const Rest = z.object({
  kind: z.literal('rest'),
  ...common,
  baseUrl: CalledUrl,
  auth: CustomAuth,
  health: CustomHealth,
});

const OAuth2 = z
  .object({
    kind: z.literal('oauth2'),
    ...common,
    discoveryUrl: CalledUrl.nullable()
      .default(null)
      .describe(
        'The issuer, or its `/.well-known/openid-configuration`. Addresses that are not given are taken from there when the definition is saved.',
      )
      .meta({ example: 'https://login.example.com' }),
    authorizationUrl: CalledUrl.nullable().default(null),
    tokenUrl: CalledUrl.nullable().default(null),
    revokeUrl: CalledUrl.nullable().default(null),
    userinfoUrl: CalledUrl.nullable().default(null),
    grant: z.enum(['authorization_code', 'client_credentials']).default('authorization_code'),
    pkce: z
      .boolean()
      .nullable()
      .default(null)
      .describe('Null: as the discovery says; where it says nothing, PKCE is sent.'),
    clientAuth: z
      .enum(['basic', 'post'])
      .nullable()
      .default(null)
      .describe('How the app proves itself; null: as the discovery says, else `basic`.'),
    scopes: z
      .array(
        z.object({
          scope: z
            .string()
            .max(500)
            .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'A scope without blanks and quotes'),
          means: line(200),
          required: z.boolean().default(true),
        }),
      )
      .max(100)
      .refine((scopes) => new Set(scopes.map(({ scope }) => scope)).size === scopes.length, 'Each scope once')
      .default([]),
    scopeSeparator: z.enum([' ', ',']).default(' '),
    extraAuthorizeParams: z
      .record(
        z
          .string()
          .max(100)
          .regex(/^[A-Za-z0-9._~-]+$/, 'The name of a parameter')
          .refine((name) => !ownParameters.test(name), 'A parameter that the product sets itself'),
        line(500, 0),
      )
      .refine((params) => Object.keys(params).length <= 20, 'At most 20 parameters')
      .default({}),
    baseUrl: CalledUrl.nullable()
      .default(null)
      .describe('Null: only the token and the account are asked for.'),
    health: CustomHealth.nullable()
      .default(null)
      .describe('Null: asks for the account at `userinfoUrl`, else for a token.'),
  })
  .superRefine((definition, context) => {
    const missing = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    const { discoveryUrl, tokenUrl, authorizationUrl, grant, health, baseUrl } = definition;
    if (discoveryUrl === null && tokenUrl === null) missing('tokenUrl', 'Give it, or the discovery URL');
    if (discoveryUrl === null && authorizationUrl === null && grant === 'authorization_code') {
      missing('authorizationUrl', 'Give it, or the discovery URL');
    }
    if (health !== null && baseUrl === null) missing('baseUrl', 'The health check needs it');
  });

const Smtp = z.object({
  kind: z.literal('smtp'),
  ...common,
  host: z
    .string()
    .trim()
    .max(253)
    .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'The name of a server, such as smtp.example.com')
    .meta({ example: 'smtp.example.com' }),
  port: z
    .union([z.literal(587), z.literal(465), z.literal(2525), z.literal(25)])
    .default(587)
    .describe('587 and 2525 with STARTTLS, 465 with TLS, 25 unencrypted.'),
});

const S3 = z.object({
  kind: z.literal('s3'),
  ...common,
  endpoint: CalledUrl.describe('Without a path.').meta({ example: 'https://s3.example.com' }),
  region: z
    .string()
    .max(60)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'A region, such as eu-west-1')
    .default('us-east-1'),
  bucketStyle: z
    .enum(['path', 'host'])
    .default('path')
    .describe('Where the bucket stands: `s3.example.com/bucket` or `bucket.s3.example.com`.'),
});

const HmacWebhook = z
  .object({
    kind: z.literal('hmac-webhook'),
    ...common,
    header: HeaderName.describe('Holds the signature.').meta({ example: 'X-Signature' }),
    algorithm: z.enum(['hmac-sha256', 'hmac-sha1']).default('hmac-sha256'),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    prefix: z
      .string()
      .max(30)
      .regex(/^[\x21-\x7e]*$/, 'Printable ASCII without blanks')
      .default('')
      .describe('Before the encoded signature, such as `sha256=`.'),
    signed: z
      .string()
      .max(200)
      .regex(
        /^(?:[\x20-\x7a\x7c\x7e]|\{rawBody\}|\{timestamp\})*$/,
        'Printable ASCII with {rawBody} and, if you want, {timestamp}',
      )
      .refine((text) => text.split('{rawBody}').length === 2, 'With {rawBody} once')
      .default('{rawBody}')
      .describe('What is signed; `{rawBody}` are the exact bytes.')
      .meta({ example: '{timestamp}.{rawBody}' }),
    timestampHeader: HeaderName.nullable().default(null),
    toleranceSeconds: z
      .number()
      .int()
      .min(1)
      .max(86_400)
      .default(300)
      .describe('How far the signed time may be away.'),
    replayId: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9_.-]+$/, 'A header, or a path in the body such as event.id')
      .nullable()
      .default(null)
      .describe('A header or a path in the body with an id that recognizes a repetition.'),
  })
  .superRefine(({ signed, timestampHeader }, context) => {
    if (signed.includes('{timestamp}') === (timestampHeader !== null)) return;
    context.addIssue({
      code: 'custom',
      path: ['timestampHeader'],
      message: 'The header of the time and {timestamp} in what is signed belong together',
    });
  });

/** A provider that an organization describes itself, without code (CAT-5). */
export const CustomDefinition = z.discriminatedUnion('kind', [Rest, OAuth2, Smtp, S3, HmacWebhook]);
export type CustomDefinition = z.infer<typeof CustomDefinition>;
export type CustomKind = CustomDefinition['kind'];

export const CustomProvider = z.object({
  slug: z.string().meta({ example: 'custom-acme-time-tracking' }),
  definition: CustomDefinition,
  integrations: z.number().int().describe('Integrations of it.'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type CustomProvider = z.infer<typeof CustomProvider>;

const slug = z.string().min(1).max(100);

export const listCustomProviders = defineOperation({
  name: 'listCustomProviders',
  procedure: 'integrations.listCustomProviders',
  kind: 'query',
  tag,
  summary: 'Providers that the organization added itself',
  permission: 'provider.write',
  input: Empty,
  output: z.object({ data: z.array(CustomProvider), nextCursor: z.string().nullable() }),
  rest: [{ method: 'GET', path: '/api/v1/custom-providers' }],
});

export const getCustomProvider = defineOperation({
  name: 'getCustomProvider',
  procedure: 'integrations.getCustomProvider',
  kind: 'query',
  tag,
  summary: 'The definition of a custom provider',
  permission: 'provider.write',
  input: z.object({ slug }),
  output: CustomProvider,
  rest: [{ method: 'GET', path: '/api/v1/custom-providers/{slug}' }],
});

export const createCustomProvider = defineOperation({
  name: 'createCustomProvider',
  procedure: 'integrations.createCustomProvider',
  kind: 'mutation',
  tag,
  summary: 'Add a provider without code: a REST API, OAuth 2, SMTP, S3 or signed webhooks',
  description:
    'It then stands in the catalog like any other. Every address that would be called is checked like the URL of a webhook. The slug is made from the name and stays when that changes.',
  permission: 'provider.write',
  input: z.object({ definition: CustomDefinition }),
  output: CustomProvider,
  rest: [{ method: 'POST', path: '/api/v1/custom-providers', status: 201 }],
});

export const updateCustomProvider = defineOperation({
  name: 'updateCustomProvider',
  procedure: 'integrations.updateCustomProvider',
  kind: 'mutation',
  tag,
  summary: 'Change a custom provider',
  description:
    'Replaces the definition. While credentials are stored for it, it goes on sending them to the same hosts in the same way: changing that is a `conflict`.',
  permission: 'provider.write',
  input: z.object({ slug, definition: CustomDefinition }),
  output: CustomProvider,
  rest: [{ method: 'PUT', path: '/api/v1/custom-providers/{slug}' }],
});

export const deleteCustomProvider = defineOperation({
  name: 'deleteCustomProvider',
  procedure: 'integrations.deleteCustomProvider',
  kind: 'mutation',
  tag,
  summary: 'Remove a custom provider that no integration uses',
  permission: 'provider.write',
  input: z.object({ slug }),
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/custom-providers/{slug}', status: 204 }],
});

export const checkCustomProvider = defineOperation({
  name: 'checkCustomProvider',
  procedure: 'integrations.checkCustomProvider',
  kind: 'mutation',
  tag,
  summary: 'Try a definition with typed values, step by step, without saving anything',
  description:
    'The addresses are checked as for saving. Consent of a person cannot be tried: such a definition ends at the step `token`.',
  permission: 'provider.write',
  input: z.object({
    definition: CustomDefinition,
    values: FieldValues.default({}).describe('By the keys of the fields. References `env:` are refused.'),
  }),
  output: CheckReport,
  rest: [{ method: 'POST', path: '/api/v1/custom-providers/check' }],
});

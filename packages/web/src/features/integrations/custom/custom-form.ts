import type { ProviderField } from '@trunkline/contract/catalog';
import type { CustomDefinition, CustomKind } from '@trunkline/contract/custom-providers';
import { providerCategories } from '@trunkline/contract/provider-categories';
import type { FieldValues } from '../credential-rules.ts';

/** The kinds of providers that can be added without code, in words. */
export const customKinds: Record<CustomKind, { label: string; text: string }> = {
  rest: { label: 'REST API', text: 'An HTTP API with a key, a token or a password.' },
  oauth2: { label: 'OAuth 2 or OpenID Connect', text: 'An API that asks a person, or an app, for access.' },
  smtp: { label: 'Mail server (SMTP)', text: 'A mail server of your own, with its host and port set.' },
  s3: { label: 'Storage (S3-compatible)', text: 'A store of files that speaks the protocol of Amazon S3.' },
  'hmac-webhook': {
    label: 'Signed webhooks',
    text: 'A service that only sends events, signed with a secret.',
  },
};

/** The fields of a form; their keys are the paths in the definition. `more` is what few need. */
export interface CustomFields {
  main: ProviderField[];
  more: ProviderField[];
}

function field(key: string, label: string, help: string, rest: Partial<ProviderField> = {}): ProviderField {
  const usual = { example: null, optional: false, multiline: false, pattern: null, options: null };
  return { key, label, help, secret: false, level: 'account', ...usual, ...rest };
}

const optional = { optional: true };
const options = (choices: Record<string, string>) => ({
  options: Object.entries(choices).map(([value, label]) => ({ value, label })),
});

const named = [
  field('name', 'Name', 'As it stands in the catalog.', { example: 'Acme Time Tracking' }),
  field('category', 'Category', 'Where it is found.', {
    options: Object.entries(providerCategories).map(([value, { label }]) => ({ value, label })),
  }),
];
const described = [
  field('description', 'Description', 'What one gets, in a sentence.', optional),
  field('docsUrl', 'Documentation', 'Begins with https://.', optional),
  field('statusPageUrl', 'Status page', 'Where the provider tells of outages.', optional),
];
const healthMore = [
  field('health/method', 'Method of the check', 'A question that changes nothing.', {
    ...options({ GET: 'GET', HEAD: 'HEAD', POST: 'POST' }),
  }),
  field('health/expect', 'Statuses that mean that it works', 'One or several, with commas.', {
    ...optional,
    example: '200',
  }),
  field('health/mustContain', 'Text in a good answer', 'For APIs that answer 200 to everything.', optional),
];

function restFields(values: FieldValues): CustomFields {
  const type = values['auth/type'] ?? 'header';
  const help = field('auth/help', 'Where to find it', 'Shown to those who connect.', optional);
  const label = field('auth/label', 'What it is called', 'Shown to those who connect.', {
    ...optional,
    example: type === 'bearer' ? 'Access token' : 'API key',
  });
  const own: Record<string, ProviderField[]> = {
    header: [
      field('auth/header', 'Header', 'In which the key is sent.', { example: 'X-Api-Key' }),
      field('auth/prefix', 'Before the key', 'With its blank, where there is one.', {
        ...optional,
        example: 'Token ',
      }),
    ],
    query: [
      field('auth/parameter', 'Parameter', 'Of the address, in which the key is sent.', {
        example: 'api_key',
      }),
    ],
  };
  const words =
    type === 'basic'
      ? [
          field('auth/userLabel', 'What the user name is called', 'Shown to those who connect.', optional),
          field('auth/passwordLabel', 'What the password is called', 'Shown to those who connect.', optional),
        ]
      : [label];
  return {
    main: [
      ...named,
      field('baseUrl', 'Base URL', 'HTTPS and publicly reachable; all calls begin with it.', {
        example: 'https://api.example.com/v1',
      }),
      field('auth/type', 'Authentication', 'How a call proves who it is from.', {
        ...options({
          header: 'Key in a header',
          query: 'Key in the address',
          bearer: 'Bearer token',
          basic: 'User and password',
        }),
      }),
      ...(own[type] ?? []),
      field('health/path', 'Health check', 'A path behind the base URL that answers when the key is right.', {
        example: '/me',
      }),
    ],
    more: [...words, help, ...healthMore, ...described],
  };
}

function oauthFields(values: FieldValues): CustomFields {
  const byPerson = values['grant'] !== 'client_credentials';
  const checks = (values['health/path'] ?? '') !== '';
  return {
    main: [
      ...named,
      field(
        'discoveryUrl',
        'Issuer or discovery address',
        'The other addresses are read from there, if it has one.',
        {
          ...optional,
          example: 'https://login.example.com',
        },
      ),
      ...(byPerson
        ? [
            field(
              'authorizationUrl',
              'Authorization address',
              'Where people allow access. Empty: from the discovery.',
              optional,
            ),
          ]
        : []),
      field('tokenUrl', 'Token address', 'Where codes become tokens. Empty: from the discovery.', optional),
      field('grant', 'Who is asked', '', {
        ...options({
          authorization_code: 'A person, in the browser',
          client_credentials: 'Nobody: the app itself',
        }),
      }),
      field(
        'scopes',
        'Permissions',
        'One a line: the scope, a blank, what it means. A ? before it: optional.',
        {
          ...optional,
          multiline: true,
          example: 'contacts.read Read your contacts\n? offline_access Stay connected',
        },
      ),
    ],
    more: [
      field('revokeUrl', 'Revocation address', 'Where access is ended when somebody disconnects.', optional),
      field('userinfoUrl', 'Account address', 'Says whose account it is.', optional),
      field('pkce', 'PKCE', 'Protects the code on its way.', {
        ...optional,
        ...options({ true: 'Always', false: 'Never' }),
      }),
      field('clientAuth', 'How the app proves itself', 'Empty: as the discovery says, else basic.', {
        ...optional,
        ...options({ basic: 'In a header (basic)', post: 'In the body (post)' }),
      }),
      field('scopeSeparator', 'Between scopes', '', { ...options({ ' ': 'A blank', ',': 'A comma' }) }),
      field('extraAuthorizeParams', 'Further parameters', 'One a line: name=value.', {
        ...optional,
        multiline: true,
      }),
      field('baseUrl', 'Base URL of its API', 'For the health check and for calls.', optional),
      field(
        'health/path',
        'Health check',
        'A path behind the base URL. Empty: the account, else a token.',
        optional,
      ),
      ...(checks ? healthMore : []),
      ...described,
    ],
  };
}

const smtpFields: CustomFields = {
  main: [
    ...named,
    field('host', 'Host', 'The name of the mail server.', { example: 'smtp.example.com' }),
    field('port', 'Port', 'Use 587 unless the server wants another.', {
      ...options({
        '587': '587 (STARTTLS)',
        '465': '465 (TLS)',
        '2525': '2525 (STARTTLS)',
        '25': '25 (unencrypted)',
      }),
    }),
  ],
  more: described,
};

const s3Fields: CustomFields = {
  main: [
    ...named,
    field('endpoint', 'Endpoint', 'HTTPS, without a path.', { example: 'https://s3.example.com' }),
    field('region', 'Region', 'us-east-1 where there are no regions.', { example: 'us-east-1' }),
    field('bucketStyle', 'Where the bucket stands', '', {
      ...options({ path: 's3.example.com/bucket', host: 'bucket.s3.example.com' }),
    }),
  ],
  more: described,
};

const hmacFields: CustomFields = {
  main: [
    ...named,
    field('header', 'Header of the signature', 'Named in the documents of the service.', {
      example: 'X-Signature',
    }),
    field('algorithm', 'Algorithm', '', {
      ...options({ 'hmac-sha256': 'HMAC-SHA256', 'hmac-sha1': 'HMAC-SHA1' }),
    }),
    field('encoding', 'Encoding', '', { ...options({ hex: 'Hexadecimal', base64: 'Base64' }) }),
    field('signed', 'What is signed', '{rawBody} are the exact bytes of the body.', {
      example: '{timestamp}.{rawBody}',
    }),
  ],
  more: [
    field('prefix', 'Before the signature', '', { ...optional, example: 'sha256=' }),
    field('timestampHeader', 'Header of the time', 'Where {timestamp} comes from.', optional),
    field('toleranceSeconds', 'How old the time may be, s', '', { ...optional, example: '300' }),
    field(
      'replayId',
      'Where the id stands',
      'A header, or a path in the body, that recognizes a repetition.',
      {
        ...optional,
        example: 'event.id',
      },
    ),
    ...described,
  ],
};

/** The fields that a definition of this kind has, as far as it is filled in. */
export function customFields(kind: CustomKind, values: FieldValues): CustomFields {
  switch (kind) {
    case 'rest':
      return restFields(values);
    case 'oauth2':
      return oauthFields(values);
    case 'smtp':
      return smtpFields;
    case 's3':
      return s3Fields;
    case 'hmac-webhook':
      return hmacFields;
  }
}

/** What a new form begins with. */
export const customStart: Record<CustomKind, FieldValues> = {
  rest: { 'auth/type': 'header', 'health/method': 'GET' },
  oauth2: { grant: 'authorization_code', scopeSeparator: ' ', 'health/method': 'GET' },
  smtp: { category: 'email', port: '587' },
  s3: { category: 'storage', region: 'us-east-1', bucketStyle: 'path' },
  'hmac-webhook': { category: 'automation', algorithm: 'hmac-sha256', encoding: 'hex', signed: '{rawBody}' },
};

/** `? scope words` → optional scope with its meaning; without words the scope stands for itself. */
function scopesOf(text: string): object[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [, mark, scope = '', means = ''] = /^(\?\s*)?(\S+)\s*(.*)$/.exec(line) ?? [];
      return { scope, means: means || scope, required: mark === undefined };
    });
}

function paramsOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

/** How the text of a field becomes the value of the definition, where that is not the text itself. */
const readers: Record<string, (text: string) => unknown> = {
  'health/expect': (text) =>
    text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number),
  'auth/prefix': (text) => text,
  scopeSeparator: (text) => text,
  port: Number,
  toleranceSeconds: Number,
  pkce: (text) => text === 'true',
  scopes: scopesOf,
  extraAuthorizeParams: paramsOf,
};

/** The input for the server; what is empty is left out. It may be invalid: the schema of the contract says. */
export function definitionOf(kind: CustomKind, values: FieldValues): unknown {
  const { main, more } = customFields(kind, values);
  const definition: Record<string, unknown> = { kind };
  for (const { key } of [...main, ...more]) {
    const text = values[key] ?? '';
    if (text === '' || (text.trim() === '' && key !== 'scopeSeparator')) continue;
    const value = (readers[key] ?? ((raw: string) => raw.trim()))(text);
    const [first = '', second] = key.split('/');
    if (second === undefined) definition[first] = value;
    else definition[first] = { ...(definition[first] as object | undefined), [second]: value };
  }
  // The method alone is no health check.
  if (kind === 'oauth2' && (values['health/path'] ?? '').trim() === '') delete definition['health'];
  return definition;
}

function textOf(key: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (key === 'scopes') {
    return (value as { scope: string; means: string; required: boolean }[])
      .map(({ scope, means, required }) => `${required ? '' : '? '}${scope} ${means}`)
      .join('\n');
  }
  if (key === 'extraAuthorizeParams') {
    return Object.entries(value as Record<string, string>)
      .map(([name, text]) => `${name}=${text}`)
      .join('\n');
  }
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A stored definition as the form shows it. */
export function customValues(definition: CustomDefinition): FieldValues {
  const values: FieldValues = { ...customStart[definition.kind] };
  const nested = new Set(['auth', 'health']);
  for (const [key, value] of Object.entries(definition)) {
    if (key === 'kind') continue;
    if (!nested.has(key)) values[key] = textOf(key, value);
    else {
      for (const [inner, each] of Object.entries(value ?? {})) {
        values[`${key}/${inner}`] = textOf(`${key}/${inner}`, each);
      }
    }
  }
  return values;
}

const secret = { secret: true };

/** What one enters to try a definition, by the keys that its connections will have. */
export function trialFields(kind: CustomKind, values: FieldValues): ProviderField[] {
  switch (kind) {
    case 'rest':
      if (values['auth/type'] === 'basic') {
        return [
          field('username', 'User name', 'For the check only.'),
          field('password', 'Password', 'For the check only.', { ...secret, ...optional }),
        ];
      }
      return values['auth/type'] === 'bearer'
        ? [field('token', 'Token', 'For the check only.', secret)]
        : [field('apiKey', 'Key', 'For the check only.', secret)];
    case 'oauth2':
      // Consent of a person cannot be tried: its check ends before anything would be needed.
      if (values['grant'] !== 'client_credentials') return [];
      return [
        field('clientId', 'Client ID', 'Of your app, for the check only.'),
        field('clientSecret', 'Client secret', 'Of your app, for the check only.', secret),
      ];
    case 'smtp':
      return [
        field('username', 'User name', 'For the check only.'),
        field('password', 'Password', 'For the check only.', secret),
        field('fromEmail', 'Sender address', 'An address that may send there.'),
      ];
    case 's3':
      return [
        field('accessKeyId', 'Access key ID', 'For the check only.'),
        field('secretAccessKey', 'Secret access key', 'For the check only.', secret),
        field('bucket', 'Bucket', 'One that this key may use.'),
      ];
    case 'hmac-webhook':
      return [field('signingSecret', 'Signing secret', 'For the check only.', secret)];
  }
}

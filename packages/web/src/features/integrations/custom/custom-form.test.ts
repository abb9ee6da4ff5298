import { CustomDefinition } from '@trunkline/contract/custom-providers';
import type { CustomKind } from '@trunkline/contract/custom-providers';
import { describe, expect, it } from 'vitest';
import {
  customFields,
  customKinds,
  customStart,
  customValues,
  definitionOf,
  trialFields,
} from './custom-form.ts';

const filled: Record<CustomKind, Record<string, string>> = {
  rest: {
    name: 'Acme Time',
    category: 'hris',
    baseUrl: 'https://api.example.com/v1',
    'auth/header': 'X-Api-Key',
    'auth/prefix': 'Token ',
    'health/path': '/me',
    'health/expect': '200, 204',
  },
  oauth2: {
    name: 'Acme Login',
    category: 'sso',
    discoveryUrl: 'https://login.example.com',
    pkce: 'true',
    scopes: 'read Read it\n\n? offline_access',
    extraAuthorizeParams: 'audience=https://api.example.com\nprompt=',
  },
  smtp: { name: 'Own mail', host: 'mail.example.com' },
  s3: { name: 'Own files', endpoint: 'https://s3.example.com' },
  'hmac-webhook': { name: 'Events', header: 'X-Signature' },
};

describe('the form of a custom provider', () => {
  it.each(Object.keys(customKinds) as CustomKind[])(
    'of kind %s makes a valid definition and shows it again',
    (kind) => {
      const values = { ...customStart[kind], ...filled[kind] };
      const definition = CustomDefinition.parse(definitionOf(kind, values));
      expect(definition.kind).toBe(kind);
      expect(CustomDefinition.parse(definitionOf(kind, customValues(definition)))).toEqual(definition);
    },
  );

  it('keeps blanks where they count and reads lists', () => {
    const rest = definitionOf('rest', { ...customStart.rest, ...filled.rest });
    expect(rest).toMatchObject({ auth: { prefix: 'Token ' }, health: { expect: [200, 204] } });
    const oauth2 = definitionOf('oauth2', { ...customStart.oauth2, ...filled.oauth2 });
    expect(oauth2).toMatchObject({
      scopeSeparator: ' ',
      pkce: true,
      scopes: [
        { scope: 'read', means: 'Read it', required: true },
        { scope: 'offline_access', means: 'offline_access', required: false },
      ],
      extraAuthorizeParams: { audience: 'https://api.example.com', prompt: '' },
    });
    expect(oauth2).not.toHaveProperty('health');
  });

  it('asks only for what the chosen authentication needs', () => {
    const keys = (type: string) => customFields('rest', { 'auth/type': type }).main.map(({ key }) => key);
    expect(keys('header')).toContain('auth/header');
    expect(keys('query')).toContain('auth/parameter');
    expect(keys('bearer').filter((key) => key.startsWith('auth/'))).toEqual(['auth/type']);
    const grant = customFields('oauth2', { grant: 'client_credentials' });
    expect(grant.main.map(({ key }) => key)).not.toContain('authorizationUrl');
  });
});

describe('what one enters to try a definition', () => {
  const keys = (kind: CustomKind, values: Record<string, string> = {}) =>
    trialFields(kind, values).map(({ key }) => key);

  it('follows the kind and its authentication', () => {
    expect(keys('rest')).toEqual(['apiKey']);
    expect(keys('rest', { 'auth/type': 'bearer' })).toEqual(['token']);
    expect(keys('rest', { 'auth/type': 'basic' })).toEqual(['username', 'password']);
    expect(keys('oauth2')).toEqual([]);
    expect(keys('oauth2', { grant: 'client_credentials' })).toEqual(['clientId', 'clientSecret']);
    expect(keys('s3')).toEqual(['accessKeyId', 'secretAccessKey', 'bucket']);
    expect(keys('smtp')).toEqual(['username', 'password', 'fromEmail']);
    expect(keys('hmac-webhook')).toEqual(['signingSecret']);
  });
});

import type { ProviderField } from '@trunkline/contract/catalog';
import { describe, expect, it } from 'vitest';
import {
  credentialProblems,
  enteredValues,
  environmentName,
  portWords,
  startValues,
  withValue,
} from './credential-rules.ts';

function field(key: string, more: Partial<ProviderField> = {}): ProviderField {
  return {
    key,
    label: key,
    secret: false,
    help: '',
    example: null,
    level: 'account',
    optional: false,
    multiline: false,
    pattern: null,
    options: null,
    ...more,
  };
}

const apiKey = field('apiKey', {
  secret: true,
  pattern: { source: '^SG\\..+$', flags: '' },
  example: 'SG.x.y',
});

describe('credentialProblems', () => {
  it('wants what is not optional', () => {
    expect(credentialProblems([apiKey, field('from', { optional: true })], {})).toEqual({
      apiKey: 'apiKey is needed',
    });
    expect(credentialProblems([field('port', { options: [] })], { port: ' ' })).toEqual({
      port: 'port is needed',
    });
  });

  it('lets a stored secret stay', () => {
    const stored = [{ key: 'apiKey', preview: '••••1234', reference: null }];
    expect(credentialProblems([apiKey], {}, stored)).toEqual({});
    const gone = [{ key: 'apiKey', preview: null, reference: null }];
    expect(credentialProblems([apiKey], {}, gone)).toHaveProperty('apiKey');
  });

  it('wants the whole value to match, blanks around it aside', () => {
    expect(credentialProblems([apiKey], { apiKey: ' SG.abc ' })).toEqual({});
    expect(credentialProblems([apiKey], { apiKey: 'xSG.abc' })['apiKey']).toContain('SG.x.y');
    const digits = field('id', { pattern: { source: '\\d+', flags: '' } });
    expect(credentialProblems([digits], { id: '12x' })).toHaveProperty('id');
  });

  it('takes a variable of the server for any value', () => {
    expect(credentialProblems([apiKey], { apiKey: 'env:SENDGRID_KEY' })).toEqual({});
    expect(credentialProblems([apiKey], { apiKey: 'env:not a name' })).toHaveProperty('apiKey');
    expect(environmentName('env:SENDGRID_KEY')).toBe('SENDGRID_KEY');
    expect(environmentName('SG.env:X')).toBeNull();
  });
});

describe('enteredValues', () => {
  it('drops blanks, empty values and what no field asks for', () => {
    const fields = [apiKey, field('from'), field('pem', { multiline: true })];
    expect(enteredValues(fields, { apiKey: ' SG.a\n', from: ' ', pem: 'a\nb\n', other: 'x' })).toEqual({
      apiKey: 'SG.a',
      pem: 'a\nb\n',
    });
  });
});

describe('withValue', () => {
  it('fills host, port and a known user from the mail provider', () => {
    expect(withValue('smtp', { fromEmail: 'a@b.c' }, 'preset', 'smtp.sendgrid.net')).toEqual({
      preset: 'smtp.sendgrid.net',
      host: 'smtp.sendgrid.net',
      port: '587',
      username: 'apikey',
      fromEmail: 'a@b.c',
    });
    expect(withValue('smtp', { username: 'me' }, 'preset', 'smtp.gmail.com')['username']).toBe('me');
  });

  it('changes nothing else for other fields and other types', () => {
    expect(withValue('smtp', { host: 'a' }, 'port', '465')).toEqual({ host: 'a', port: '465' });
    expect(withValue('api_key', {}, 'preset', 'x')).toEqual({ preset: 'x' });
  });
});

describe('the mail form', () => {
  it('begins with the usual port and says how each port protects', () => {
    expect(startValues('smtp', [field('port')])).toEqual({ port: '587' });
    expect(startValues('api_key', [field('port')])).toEqual({});
    expect(portWords('587')).toContain('STARTTLS');
    expect(portWords('465')).toContain('first byte');
    expect(portWords('25')).toContain('Not encrypted');
    expect(portWords('99')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { fillText, fillUrl } from './fill-template.ts';

describe('fillText', () => {
  it('puts values in, and gives up when one is missing', () => {
    expect(fillText('Bearer {accessToken}', { accessToken: 'abc' })).toBe('Bearer abc');
    expect(fillText('Bearer {accessToken}', {})).toBeNull();
    expect(fillText('application/json', {})).toBe('application/json');
  });

  it('refuses a line break, without showing the value', () => {
    const fill = (): unknown => fillText('Bearer {key}', { key: 'hush\r\nx-admin: 1' });
    expect(fill).toThrow('A value holds a line break.');
  });
});

describe('fillUrl', () => {
  it.each([
    ['https://{domain}.example.com/v1', { domain: 'acme' }, 'https://acme.example.com/v1'],
    ['https://{host}/api', { host: 'api.acme.example:8443' }, 'https://api.acme.example:8443/api'],
    [
      'https://api.example.com/bot{token}',
      { token: '12:a/b?c#d' },
      'https://api.example.com/bot12:a%2Fb%3Fc%23d',
    ],
    ['{storeUrl}/wp-json', { storeUrl: 'https://shop.example/eu/' }, 'https://shop.example/eu/wp-json'],
    ['/users?name={name}', { name: 'a&b' }, '/users?name=a%26b'],
  ])('fills %s', (template, values, url) => {
    expect(fillUrl(template, values as unknown as Record<string, string>)).toBe(url);
  });

  it.each(['evil.example/', 'evil.example#', 'evil.example?', 'user@evil.example', 'a b', '', '.', 'x\\y'])(
    'refuses %j as a part of the host',
    (domain) => {
      expect(() => fillUrl('https://{domain}.example.com', { domain })).toThrow(/The value domain is/);
    },
  );

  it.each([
    'http://shop.example',
    'https://u:p@shop.example',
    'shop.example',
    'https://shop.example?x',
    'file:///etc',
  ])('refuses %j as a whole address', (storeUrl) => {
    expect(() => fillUrl('{storeUrl}/wp-json', { storeUrl })).toThrow('not an https address');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEgressAllow } from './allow-list.ts';
import { checkUrl, checkUrlResolved } from './check-url.ts';
import { EgressError } from './errors.ts';
import type { Lookup } from './guard.ts';
import { targetOf } from './target.ts';

const none = parseEgressAllow('');
const allow = parseEgressAllow('127.0.0.9:8080, [fd00::9]:8080');

function codeOf(url: string, list = none): string {
  const check = checkUrl(url, list);
  return check.ok ? 'ok' : check.code;
}

describe('checkUrl', () => {
  it.each([
    'https://example.com/hook?x=1',
    'https://example.com:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://bücher.example/',
    'HTTPS://EXAMPLE.COM',
    'https://example.com./x',
    'https://example.com/#part',
  ])('accepts %s', (url) => expect(codeOf(url)).toBe('ok'));

  it.each([
    '',
    'hook',
    '/hook',
    'example.com/hook',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https:example.com',
    'https:///example.com',
    'https:\\\\example.com',
    'https://exa mple.com/',
    'https://a\tb.example/',
    'https://example.com/\n',
    'https://user@example.com/',
    'https://user:secret@example.com/',
    'https://:x@example.com/',
    'https://example.com:0/',
    'https://example.com:65536/',
    'https://1.2.3.4.5/',
    'https://256.1.1.1/',
    'https://[::1',
    'https://[fe80::1%25eth0]/',
    'https://exa%00mple.com/',
  ])('calls %j invalid', (url) => expect(codeOf(url)).toBe('webhook_url_invalid'));

  it.each([
    'http://example.com/',
    'http://127.0.0.1/',
    'http://8.8.8.8/',
    'http://127.0.0.9:8080/',
    'http://localhost/',
  ])('wants HTTPS for %s', (url) => expect(codeOf(url)).toBe('webhook_url_not_https'));

  it.each([
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7F.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '0x7f.1',
    '127.0.0.1.',
    '0',
    '0.0.0.0',
    '%31%32%37.0.0.1',
    '①②⑦.0.0.1',
    '127。0。0。1',
    '１２７.0.0.1',
    '10.0.0.1',
    '0xa000001',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '168.63.129.16',
    '192.168.1.1',
    '172.16.0.1',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:FFFF:7F00:0001]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '[2001:db8::1]',
    'localhost',
    'LOCALHOST.',
    'x.localhost',
    'ⓛocalhost',
  ])('calls https://%s unsafe', (host) => {
    expect(codeOf(`https://${host}/`)).toBe('webhook_url_unsafe');
    expect(codeOf(`https://${host}:8443/x`)).toBe('webhook_url_unsafe');
  });

  it('lets the allow list through, with and without TLS, on its port only', () => {
    expect(checkUrl('http://127.0.0.9:8080/x', allow)).toMatchObject({ ok: true, allowedInsecure: true });
    expect(checkUrl('http://0x7f.9:8080/x', allow)).toMatchObject({ ok: true, allowedInsecure: true });
    expect(checkUrl('http://[::ffff:127.0.0.9]:8080/', allow)).toMatchObject({ ok: true });
    expect(checkUrl('https://[fd00::9]:8080/x', allow)).toMatchObject({ ok: true, allowedInsecure: false });
    expect(codeOf('http://127.0.0.9/x', allow)).toBe('webhook_url_not_https');
    expect(codeOf('https://127.0.0.9/x', allow)).toBe('webhook_url_unsafe');
    expect(codeOf('https://127.0.0.8:8080/x', allow)).toBe('webhook_url_unsafe');
    expect(codeOf('http://localhost:8080/', allow)).toBe('webhook_url_not_https');
  });

  const part = (value: number): fc.Arbitrary<string> =>
    fc
      .tuple(fc.constantFrom('dec', 'hex', 'HEX', 'oct'), fc.nat(3))
      .map(([radix, zeros]) =>
        radix === 'dec'
          ? String(value)
          : radix === 'oct'
            ? `0${'0'.repeat(zeros)}${value.toString(8)}`
            : `${radix === 'hex' ? '0x' : '0X'}${'0'.repeat(zeros)}${value.toString(16)}`,
      );
  const octet = fc.nat(255);
  const privateIPv4 = fc.oneof(
    fc.tuple(fc.constantFrom(0, 10, 127), octet, octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
  );
  const spelling = fc.tuple(privateIPv4, fc.integer({ min: 1, max: 4 })).chain(([octets, count]) => {
    const tail = octets.slice(count - 1).reduce((sum, value) => sum * 256 + value, 0);
    return fc.tuple(...octets.slice(0, count - 1).map(part), part(tail)).map((parts) => parts.join('.'));
  });
  const disguise = fc.tuple(spelling, fc.constantFrom('', '.'), fc.func(fc.nat(2))).map(
    ([text, dot, pick]) =>
      [...text]
        .map((char, index) => {
          const how = pick(index, char);
          if (how === 1) return `%${char.charCodeAt(0).toString(16)}`;
          return how === 2 ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char;
        })
        .join('') + dot,
  );

  it('finds a private IPv4 address in every spelling', () => {
    fc.assert(
      fc.property(spelling, (host) => {
        expect(codeOf(`https://${host}/`)).toBe('webhook_url_unsafe');
      }),
      {
        numRuns: 500,
      },
    );
    fc.assert(
      fc.property(disguise, (host) => {
        expect(codeOf(`https://${host}/`)).toBe('webhook_url_unsafe');
      }),
      {
        numRuns: 500,
      },
    );
  });

  it('never throws, and what it accepts it accepts again in its own spelling', () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.string().map((host) => `https://${host}/`),
    );
    fc.assert(
      fc.property(text, (url) => {
        const check = checkUrl(url, none);
        const again = check.ok ? checkUrl(check.url.href, none).ok : check.ok;
        expect(again).toBe(check.ok);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('checkUrlResolved', () => {
  const answers =
    (...addresses: string[]): Lookup =>
    async () =>
      addresses;
  const unknown: Lookup = async () => {
    throw new Error('ENOTFOUND');
  };

  async function resolvedCode(url: string, lookup: Lookup, list = none): Promise<string> {
    const check = await checkUrlResolved(url, list, lookup);
    return check.ok ? `ok${check.allowedInsecure ? ', insecure' : ''}` : check.code;
  }

  it.each([
    ['https://a.example/', ['93.184.215.14'], 'ok'],
    ['https://a.example/', ['93.184.215.14', '2606:4700::1111'], 'ok'],
    ['https://a.example/', ['93.184.215.14', '10.0.0.1'], 'webhook_url_unsafe'],
    ['https://a.example/', ['::1', '93.184.215.14'], 'webhook_url_unsafe'],
    ['https://a.example/', ['fe80::1%eth0'], 'webhook_url_unsafe'],
    ['https://a.example/', ['nonsense'], 'webhook_url_unsafe'],
    ['https://a.example/', [], 'webhook_url_unreachable'],
    ['https://localhost/', ['127.0.0.1'], 'webhook_url_unsafe'],
    ['http://a.example/', ['93.184.215.14'], 'webhook_url_not_https'],
    ['ftp://a.example/', ['93.184.215.14'], 'webhook_url_invalid'],
    ['https://10.0.0.1/', ['93.184.215.14'], 'webhook_url_unsafe'],
  ])('%s at %j: %s', async (url, addresses, expected) => {
    expect(await resolvedCode(url, answers(...addresses))).toBe(expected);
  });

  it('accepts plain http for a name only when all its addresses are in the allow list', async () => {
    expect(await resolvedCode('http://hook.example:8080/', answers('127.0.0.9'), allow)).toBe('ok, insecure');
    expect(await resolvedCode('http://hook.example:8080/', answers('127.0.0.9', 'fd00::9'), allow)).toBe(
      'ok, insecure',
    );
    expect(await resolvedCode('http://hook.example:8080/', answers('127.0.0.9', '8.8.8.8'), allow)).toBe(
      'webhook_url_not_https',
    );
    expect(await resolvedCode('https://hook.example:8080/', answers('127.0.0.9', '8.8.8.8'), allow)).toBe(
      'ok',
    );
  });

  it('says when a name does not resolve', async () => {
    expect(await resolvedCode('https://nowhere.example/', unknown)).toBe('webhook_url_unreachable');
  });

  it('does not ask for a name when no answer could help', async () => {
    const asked: string[] = [];
    const spy: Lookup = async (hostname) => {
      asked.push(hostname);
      return ['8.8.8.8'];
    };
    await checkUrlResolved('http://a.example/', none, spy);
    await checkUrlResolved('https://8.8.8.8/', none, spy);
    expect(asked).toEqual([]);
  });
});

describe('targetOf', () => {
  it('splits a URL into normalized pieces', () => {
    expect(targetOf('HTTPS://Example.com:443/a b?c#d')).toEqual({
      origin: 'https://example.com',
      path: '/a%20b?c',
    });
  });

  it.each(['nonsense', 'ftp://example.com/', 'https://user:secret@example.com/'])('refuses %s', (url) => {
    expect(() => targetOf(url)).toThrow(EgressError);
  });
});

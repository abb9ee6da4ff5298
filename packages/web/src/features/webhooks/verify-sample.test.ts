import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyCurl } from './verify-sample.ts';

const secret = Buffer.from('a key of bytes \u0000\u00ff and more', 'latin1').toString('base64');

/** Stands in for `openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary`; its argument is `hexkey:…`. */
const hmac = `
  const key = Buffer.from(process.argv[1].replace('hexkey:', ''), 'hex');
  const text = require('node:fs').readFileSync(0);
  process.stdout.write(require('node:crypto').createHmac('sha256', key).update(text).digest());
`;

describe('verifyCurl', () => {
  it('signs as a delivery is signed', () => {
    // curl becomes a function that prints its words; openssl one that needs no openssl on this machine.
    const script = [
      `curl() { for word in "$@"; do printf '%s\\n' "$word"; done; }`,
      `openssl() { "$NODE" -e "$HMAC" "$6"; }`,
      verifyCurl("https://x.example/it's"),
    ].join('\n');
    const words = execFileSync('sh', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, HMAC: hmac, WEBHOOK_SECRET: `whsec_${secret}` },
    }).split('\n');
    const header = (name: string) =>
      words.find((word) => word.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
    const body = words[words.indexOf('--data-raw') + 1] ?? '';
    const signed = `${header('webhook-id')}.${header('webhook-timestamp')}.${body}`;
    const expected = createHmac('sha256', Buffer.from(secret, 'base64')).update(signed).digest('base64');
    expect(header('webhook-signature')).toBe(`v1,${expected}`);
    expect(words).toContain("https://x.example/it's");
  });
});

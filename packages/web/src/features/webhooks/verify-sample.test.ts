import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyCurl } from './verify-sample.ts';

const secret = Buffer.from('a key of bytes \u0000\u00ff and more', 'latin1').toString('base64');

describe('verifyCurl', () => {
  it('signs as a delivery is signed', () => {
    // curl becomes a function that prints its words.
    const script = `curl() { for word in "$@"; do printf '%s\\n' "$word"; done; }\n${verifyCurl("https://x.example/it's")}`;
    const words = execFileSync('sh', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, WEBHOOK_SECRET: `whsec_${secret}` },
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

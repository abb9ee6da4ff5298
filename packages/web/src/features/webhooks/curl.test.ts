import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { firstEventCurl, shellQuote, toCurl } from './curl.ts';

/** The words that a shell makes of a command. */
function words(command: string): string[] {
  const script = `${command.replace(/^curl/, 'set --')}\nfor word in "$@"; do printf '%s\\0' "$word"; done`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('shellQuote', () => {
  it.each(["it's", '$HOME `id` "x" \\', 'a\nb', '', '@file', "''"])('keeps %j as one word', (text) => {
    expect(words(`curl ${shellQuote(text)}`)).toEqual([text]);
  });
});

describe('toCurl', () => {
  it('sends the same headers and body', () => {
    const command = toCurl({
      method: 'POST',
      url: 'https://hooks.example.com/in?a=1&b=2',
      headers: { 'content-type': 'application/json', 'webhook-id': 'evt_1', 'Content-Length': '17' },
      body: `{"name":"O'Neil"}`,
    });
    expect(words(command)).toEqual([
      '-X',
      'POST',
      'https://hooks.example.com/in?a=1&b=2',
      '-H',
      'content-type: application/json',
      '-H',
      'webhook-id: evt_1',
      '--data-raw',
      `{"name":"O'Neil"}`,
    ]);
  });
});

describe('firstEventCurl', () => {
  it('posts a valid event to the API of this origin', () => {
    const sent = words(firstEventCurl('https://hub.example.com', 'job.created'));
    expect(sent[2]).toBe('https://hub.example.com/api/v1/events');
    expect(JSON.parse(sent.at(-1) ?? '')).toMatchObject({
      type: 'job.created',
      subject: 'contact/CON-1',
      data: { id: 'CON-1' },
    });
  });
});

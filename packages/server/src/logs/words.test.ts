import { describe, expect, it } from 'vitest';
import { queryOf, vectorOf, wordsOf } from './words.ts';

describe('words', () => {
  it('are letters and digits in lower case, each once', () => {
    expect(wordsOf('Connection to smtp.SendGrid.net:587 timed out, Connection closed')).toEqual([
      'connection',
      'to',
      'smtp',
      'sendgrid',
      'net',
      '587',
      'timed',
      'out',
      'closed',
    ]);
    expect(wordsOf('Überprüfung ＡＢＣ ...')).toEqual(['überprüfung', 'abc']);
    expect(wordsOf('')).toEqual([]);
  });

  it('are bounded in length and number', () => {
    expect(wordsOf('x'.repeat(5_000))).toEqual(['x'.repeat(40)]);
    expect(wordsOf(Array.from({ length: 500 }, (_, i) => `w${i}`).join(' '))).toHaveLength(120);
  });

  it('cannot leave their place in a query', () => {
    expect(queryOf({}, `timeout' | 'o:x`)).toBe(`'timeout':* & 'o' & 'x'`);
    expect(queryOf({ level: ['warn', 'error'], source: 'check' }, 'dns')).toBe(
      `'dns':* & 's:check' & ('l:warn' | 'l:error')`,
    );
  });

  it('stand beside the marks of their line', () => {
    const line = {
      organizationId: 'a',
      level: 'info',
      source: 'oauth',
      integrationId: 'b',
      webhookId: null,
    } as const;
    expect(vectorOf(line, 'Token renewed')).toBe(`'o:a' 'l:info' 's:oauth' 'i:b' 'token' 'renewed'`);
  });
});

import { describe, expect, it } from 'vitest';
import { blockedWords, lineWords, stoppedLineWords } from './line-words.ts';

const stopping = { subject: 'job/7', blocked: 12 };
const free = { subject: null, blocked: 0 };

describe('blockedWords', () => {
  it('counts what waits, up to where the server counts', () => {
    expect(blockedWords(free)).toBeNull();
    expect(blockedWords({ blocked: 1 })).toBe('1 delivery waits behind it');
    expect(blockedWords({ blocked: 1000 })).toBe('1,000 deliveries or more wait behind it');
  });
});

describe('stoppedLineWords', () => {
  it('names both ways out', () => {
    expect(stoppedLineWords(stopping)).toBe(
      'The line of job/7 goes on when a retry arrives, or when this dead letter is cleared.',
    );
  });
});

describe('lineWords', () => {
  it('names the line that goes on', () => {
    expect(lineWords([free, stopping], 'clear')).toBe(
      'Clearing lets the line of job/7 go on: 12 deliveries wait behind it.',
    );
    expect(lineWords([stopping], 'retry')).toContain('A retry that arrives lets the line of job/7 go on');
  });

  it('adds up several lines and keeps quiet where none is stopped', () => {
    expect(lineWords([stopping, { subject: 'job/8', blocked: 1 }], 'clear')).toBe(
      'Clearing lets their lines go on: 13 deliveries wait behind them.',
    );
    expect(lineWords([free], 'retry')).toBeNull();
  });
});

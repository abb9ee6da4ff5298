import { describe, expect, it } from 'vitest';
import { findCommands } from './commands.ts';

const commands = [
  { group: 'Go to', label: 'Endpoints', keywords: 'url' },
  { group: 'Go to', label: 'Dead letters', keywords: 'dlq' },
  { group: 'Webhooks', label: 'CRM sync', hint: 'https://api.example.com/dead', keywords: '' },
  { group: 'Webhooks', label: 'Dead drop', keywords: '' },
];
const labels = (text: string) => findCommands(commands, text).map((command) => command.label);

describe('findCommands', () => {
  it('gives everything for no text', () => {
    expect(labels(' ')).toHaveLength(4);
  });

  it('keeps the groups together, names before other words', () => {
    expect(labels('dead')).toEqual(['Dead letters', 'Dead drop', 'CRM sync']);
  });

  it('wants every word', () => {
    expect(labels('dead drop')).toEqual(['Dead drop']);
    expect(labels('DLQ')).toEqual(['Dead letters']);
    expect(labels('nothing')).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { accentTokens, contrast } from './accent.ts';

const rgb = (hex: string) =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Parameters<
    typeof contrast
  >[0];

function read(accent: string) {
  const tokens = accentTokens(accent);
  const [, light = '', dark = ''] = /^light-dark\((#\w{6}), (#\w{6})\)$/.exec(tokens['--accent'] ?? '') ?? [];
  return { light, dark, fill: tokens['--accent-fill'] ?? '' };
}

describe('accentTokens', () => {
  it('keeps an accent that can be read as it is', () => {
    expect(read('#0f766e').light).toBe('#0f766e');
    expect(read('#86a5ff').dark).toBe('#86a5ff');
  });

  it.each(['#ffff00', '#ffffff', '#000000', '#777777', '#ff0000', '#00ff88', '#0000ff'])(
    'makes %s readable in both themes and under white text',
    (accent) => {
      const { light, dark, fill } = read(accent);
      expect(contrast(rgb(light), rgb('#f6f7f9'))).toBeGreaterThanOrEqual(4.4);
      expect(contrast(rgb(dark), rgb('#171b22'))).toBeGreaterThanOrEqual(4.4);
      expect(contrast(rgb(fill), rgb('#ffffff'))).toBeGreaterThanOrEqual(4.4);
    },
  );
});

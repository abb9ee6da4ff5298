type Rgb = readonly [red: number, green: number, blue: number];

/** Surfaces on which the accent stands as text, as in theme/tokens.css. */
const surfaces: Record<'light' | 'dark', Rgb> = { light: [246, 247, 249], dark: [23, 27, 34] };
/** Contrast of text (WCAG 2.2, 1.4.3). */
const enough = 4.5;

function rgbOf(hex: string): Rgb {
  const number = Number.parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function hexOf(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance (WCAG 2.2). */
function luminance(rgb: Rgb): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((one, other) => other - one);
  return (high + 0.05) / (low + 0.05);
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [0, 1, 2].map((at) => (a[at] ?? 0) * (1 - share) + (b[at] ?? 0) * share) as unknown as Rgb;
}

/** As near to the colour as can be read on every surface of the scheme. */
function readable(color: Rgb, scheme: 'light' | 'dark'): Rgb {
  const end: Rgb = scheme === 'light' ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mix(color, end, share);
    if (contrast(tried, surfaces[scheme]) >= enough) return tried;
  }
  return end;
}

/** As near to the colour as carries white text. */
function carrying(color: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mix(color, [0, 0, 0], share);
    if (contrast(tried, [255, 255, 255]) >= enough) return tried;
  }
  return [0, 0, 0];
}

/** Tokens for an accent of somebody else's (`#rrggbb`), for both schemes, made readable where it is not. */
export function accentTokens(accent: string): Record<string, string> {
  const color = rgbOf(accent);
  const both = (make: (scheme: 'light' | 'dark') => Rgb): string =>
    `light-dark(${hexOf(make('light'))}, ${hexOf(make('dark'))})`;
  const soft = both((scheme) => mix(surfaces[scheme], color, 0.12));
  return {
    '--accent': both((scheme) => readable(color, scheme)),
    '--accent-soft': soft,
    '--accent-fill': hexOf(carrying(color)),
    '--flash': soft,
  };
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { create } from 'fontkit';

/** What stands for a character that the font does not have. */
const missing = '\u{FFFD}';

/** The fonts of a report, and what they can show. */
export interface ReportFonts {
  regular: Buffer;
  bold: Buffer;
  /** The text with a mark for every character that the fonts lack, so that nobody takes the rest for the whole. */
  printable: (text: string) => string;
}

let loading: Promise<ReportFonts> | undefined;

/**
 * DejaVu Sans, read once: Latin, Cyrillic, Greek, Armenian, Georgian and more. A report embeds the glyphs that it uses, so it
 * looks the same for every reader.
 */
export function readReportFonts(): Promise<ReportFonts> {
  return (loading ??= load());
}

async function load(): Promise<ReportFonts> {
  const { resolve } = createRequire(import.meta.url);
  const [regular, bold] = await Promise.all(
    ['DejaVuSansCondensed', 'DejaVuSansCondensed-Bold'].map((name) =>
      readFile(resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)),
    ),
  );
  const font = create(regular!);
  if (!('hasGlyphForCodePoint' in font)) throw new Error('the file of the font holds several fonts');
  const printable = (text: string) =>
    Array.from(text.normalize('NFC'), (character) =>
      font.hasGlyphForCodePoint(character.codePointAt(0)!) ? character : missing,
    ).join('');
  return { regular: regular!, bold: bold!, printable };
}

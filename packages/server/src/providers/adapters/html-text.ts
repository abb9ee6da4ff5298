/* The text of a mail that comes as HTML only. Nothing of it is shown as HTML, so that only its words matter. */

/** A longer page is no letter; what is behind it is left out. */
const longest = 2_000_000;

const skipped = new Set(['head', 'script', 'style', 'template', 'title']);
const blocks = new Set(
  'address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul'.split(
    ' ',
  ),
);
const spaced = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'table', 'ul', 'ol', 'pre']);

/** The names of the characters from 160 on (HTML 4). */
const latin =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'.split(
    ' ',
  );
const named = new Map<string, string>([
  ...latin.map((name, index) => [name, String.fromCharCode(160 + index)] as const),
  ['amp', '&'],
  ['apos', "'"],
  ['bull', '•'],
  ['euro', '€'],
  ['gt', '>'],
  ['hellip', '…'],
  ['ldquo', '“'],
  ['lsquo', '‘'],
  ['lt', '<'],
  ['mdash', '—'],
  ['ndash', '–'],
  ['quot', '"'],
  ['rdquo', '”'],
  ['rsquo', '’'],
  ['trade', '™'],
]);

/** The words of a page, a line for each block; what is quoted begins with `>`, and links stand behind their words. */
export function htmlText(page: string): string {
  const html = page.slice(0, longest);
  const lower = html.toLowerCase();
  const lines = new Lines();
  let at = 0;
  while (at < html.length) {
    const start = html.indexOf('<', at);
    lines.add(decoded(html.slice(at, start === -1 ? html.length : start)));
    if (start === -1) break;
    if (html.startsWith('<!--', start)) {
      at = after(html, '-->', start + 4);
      continue;
    }
    const tag = /^<(\/?)([a-z][a-z0-9]*)/.exec(lower.slice(start, start + 24));
    if (tag === null && !/^<[/!?]/.test(html.slice(start, start + 2))) {
      lines.add('<');
      at = start + 1;
      continue;
    }
    at = after(html, '>', start);
    const [, slash, name] = tag ?? [];
    if (name === undefined) continue;
    if (skipped.has(name) && slash === '') {
      const end = lower.indexOf(`</${name}`, at);
      at = end === -1 ? html.length : end;
      continue;
    }
    lines.tag(name, slash === '/', html.slice(start, at));
  }
  return lines.text();
}

/** The place behind the next `end`; the end of the text when there is none. */
function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found === -1 ? text.length : found + end.length;
}

function decoded(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,9}));?/gi,
    (all: string, dec?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named.get(name) ?? all;
      const code = dec === undefined ? Number.parseInt(hex ?? '', 16) : Number(dec);
      return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : '\uFFFD';
    },
  );
}

/** Lines as they grow. Pieces are joined once a line: asking a text that grows how it ends copies it each time. */
class Lines {
  readonly #done: string[] = [];
  #pieces: string[] = [];
  #endsInSpace = true;
  #quoted = 0;
  #link: { href: string; from: number } | null = null;

  add(text: string): void {
    const words = text.replaceAll(/\s+/g, ' ');
    const kept = this.#endsInSpace ? words.trimStart() : words;
    if (kept === '') return;
    this.#pieces.push(kept);
    this.#endsInSpace = kept.endsWith(' ');
  }

  tag(name: string, isEnd: boolean, whole: string): void {
    if (name === 'br') this.#end(true);
    else if (name === 'a') this.#anchor(isEnd, whole);
    else if (name === 'td' || name === 'th') this.add(' ');
    else if (blocks.has(name)) this.#block(name, isEnd);
  }

  text(): string {
    this.#end();
    return this.#done
      .join('\n')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim();
  }

  #block(name: string, isEnd: boolean): void {
    this.#end();
    if (name === 'blockquote') this.#quoted = Math.max(0, this.#quoted + (isEnd ? -1 : 1));
    else if (spaced.has(name) && !['', '>', undefined].includes(this.#done.at(-1)))
      this.#done.push(this.#quoted > 0 ? '>' : '');
    if (name === 'li' && !isEnd) this.add('- ');
  }

  /** Ends the line; an empty one stays only where it was asked for. */
  #end(evenEmpty = false): void {
    const line = this.#pieces.join('').trimEnd();
    this.#pieces = [];
    this.#endsInSpace = true;
    this.#link = null;
    if (line === '' && !evenEmpty) return;
    this.#done.push(this.#quoted > 0 ? `> ${line}`.trimEnd() : line);
  }

  #anchor(isEnd: boolean, whole: string): void {
    if (!isEnd) {
      const href = /\shref\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})'|([^\s>]{1,2000}))/i.exec(whole);
      const url = decoded(href?.[1] ?? href?.[2] ?? href?.[3] ?? '').trim();
      this.#link = /^https?:\/\//i.test(url) ? { href: url, from: this.#pieces.length } : null;
      return;
    }
    const link = this.#link;
    this.#link = null;
    if (link !== null && !this.#pieces.slice(link.from).join('').includes(link.href))
      this.add(` (${link.href}) `);
  }
}

import { createHash } from 'node:crypto';
import type { SandboxReply } from '../exchange.ts';
import { style } from './page-style.ts';

/* Pages that need nothing but themselves: no script, no picture, no other file. */

/** Text of a page that needs no more escaping. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Markup with values in it; values that are not markup themselves are escaped. */
export function html(
  parts: TemplateStringsArray,
  ...values: (string | Markup | readonly Markup[])[]
): Markup {
  const texts = values.map((value) => {
    if (typeof value === 'string') return escaped(value);
    return value instanceof Markup ? value.text : value.map(({ text }) => text).join('');
  });
  return new Markup(parts.map((part, index) => part + (texts[index] ?? '')).join(''));
}

/** No markup at all. */
export const nothing = new Markup('');

/** A whole page. A form on it may lead to these origins, besides its own. */
export function page(
  status: number,
  title: string,
  content: Markup,
  formOrigins: readonly string[] = [],
): SandboxReply {
  const digest = createHash('sha256').update(style).digest('base64');
  // Letter by letter what was hashed, without a formatter's spaces.
  const sheet = new Markup(`<style>${style}</style>`);
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${sheet}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html> `;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': [
        "default-src 'none'",
        `style-src 'sha256-${digest}'`,
        `form-action ${["'self'", ...formOrigins].join(' ')}`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join('; '),
    },
    body: document.text,
  };
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (letter) => entities[letter]!);

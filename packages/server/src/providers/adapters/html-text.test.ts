import { expect, it } from 'vitest';
import { htmlText } from './html-text.ts';

it('keeps the words, a line for each block', () => {
  expect(
    htmlText(
      '<html><head><title>T</title><style>p{}</style></head><body><!-- no --><p>Good  day,\n Ms&nbsp;M&uuml;ller</p>' +
        '<div>one<br>two</div><ul><li>first</li><li>second</li></ul><script>alert(1)</script></body></html>',
    ),
  ).toBe('Good day, Ms Müller\n\none\ntwo\n\n- first\n- second');
});

it('decodes what stands for a character, and leaves alone what does not', () => {
  expect(htmlText('&lt;b&gt; &#8364; &#x1F600; &euro; &copy; A &amp B &unknown; &#0; 1 < 2 &#x110000;')).toBe(
    '<b> € 😀 € © A & B &unknown; \uFFFD 1 < 2 \uFFFD',
  );
});

it('marks what is quoted, and shows where links lead', () => {
  expect(htmlText('<p>Yes.</p><blockquote><p>Really?</p>On<br>Monday</blockquote><p>Bye</p>')).toBe(
    'Yes.\n\n> Really?\n>\n> On\n> Monday\n\nBye',
  );
  expect(
    htmlText('<a href="https://example.com/?a=1&amp;b=2">Confirm</a> or <a href="javascript:x">not</a>'),
  ).toBe('Confirm (https://example.com/?a=1&b=2) or not');
  expect(htmlText('<a href="https://example.com/">https://example.com/</a>')).toBe('https://example.com/');
});

it('ends with whatever is not closed', () => {
  for (const html of ['a<!-- b', 'a<script>b', 'a<b', 'a<', 'a<style'])
    expect([html, htmlText(html).startsWith('a')]).toEqual([html, true]);
  const started = performance.now();
  for (const piece of ['<!--', '<script>', '<a href="', '<', '&#', '<blockquote>', '<style>'])
    htmlText(piece.repeat(400_000));
  // Each takes a fraction of a second; what looks back at every piece takes minutes.
  expect(performance.now() - started).toBeLessThan(30_000);
});

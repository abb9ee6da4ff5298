import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { LastCheck } from './LastCheck.tsx';

/** And a half, so that it does not matter what the test itself takes. */
const minutesAgo = (minutes: number): string => new Date(Date.now() - (minutes + 0.5) * 60_000).toISOString();

const good = {
  at: minutesAgo(5),
  ok: true,
  through: 12_345,
  wholeAt: minutesAgo(120),
  failingSince: null,
  brokenAt: null,
  reason: null,
};

const shown = (check: Parameters<typeof LastCheck>[0]['check']) => {
  const html = renderToStaticMarkup(<LastCheck check={check} />);
  return {
    html,
    text: html
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  };
};

it('says when the log was checked, how far, and when all of it was', () => {
  const { html, text } = shown(good);
  expect(text).toBe('Checked by itself 5 min ago , through record 12,345; every record 2 h ago .');
  expect(html).toContain(`dateTime="${good.at}"`);
  expect(html).not.toContain('role=');
  expect(shown({ ...good, wholeAt: null }).text).toBe('Checked by itself 5 min ago , through record 12,345.');
});

it('says at once where it breaks, why and since when', () => {
  const reason = 'Record 1234 does not fit its hash.';
  const broken = { ...good, ok: false, failingSince: minutesAgo(60), brokenAt: 1_234, reason };
  const { html, text } = shown(broken);
  expect(html).toContain('role="status"');
  expect(html).toContain('data-tone="error"');
  expect(text).toContain('The log does not fit together at record 1,234');
  expect(text).toContain(`${reason} Found 1 h ago , last looked at 5 min ago`);
  expect(shown({ ...broken, brokenAt: null }).text).toContain('The log does not fit together Record');
});

it('says that no check was made yet', () => {
  expect(shown(null).text).toBe('Not checked by itself yet.');
});

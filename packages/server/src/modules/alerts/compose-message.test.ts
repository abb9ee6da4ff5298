import { describe, expect, it } from 'vitest';
import { slackMessage } from './channels/send-slack.ts';
import { composeAlerts, textOf } from './compose-message.ts';
import type { ToldAlert } from './compose-message.ts';

const config = { publicUrl: 'https://trunkline.test' };
let count = 0;

function told(changes: Partial<ToldAlert & { integrationId: string | null }> = {}) {
  count += 1;
  return {
    alertId: `a${count}`,
    kind: 'opened' as const,
    severity: 'warning' as const,
    group: 'integration_failing:twilio',
    subject: `SMS ${count}`,
    title: `SMS ${count} does not work`,
    cause: 'Twilio fails: it answers 503.',
    impact: 'Text messages are not sent.',
    startedAt: '2026-11-23T10:00:00.000Z',
    acknowledgedBy: null,
    resolvedAt: null,
    resolvedBy: null,
    integrationId: `i${count}`,
    ...changes,
  };
}

describe('a message', () => {
  it('says of one alert what, why, what it means and since when', () => {
    const content = composeAlerts([told({ severity: 'critical', title: 'Mail does not work' })], config);
    expect(content.title).toBe('Critical: Mail does not work');
    expect(textOf(content)).toBe(
      `Critical: Mail does not work\nTwilio fails: it answers 503.\nText messages are not sent.\nSince 2026-11-23 10:00 UTC.\nhttps://trunkline.test/alerts/a${count}`,
    );
  });

  it('names the number and the first few of many of one group', () => {
    const content = composeAlerts(
      Array.from({ length: 500 }, () => told()),
      config,
    );
    expect(content.parts).toHaveLength(1);
    expect(content.title).toMatch(/^Warning: 500 alerts of one kind/);
    expect(textOf(content)).toMatch(/SMS \d+, SMS \d+, SMS \d+ and 497 more\./);
    expect([content.count, content.alerts.length]).toEqual([500, 100]);
  });

  it('tells of what began and ended since in one piece, the worst first and what is over last', () => {
    const over = told({ title: 'A does not work' });
    const content = composeAlerts(
      [
        over,
        told({ title: 'B is slow', group: 'slow:x' }),
        told({ title: 'C is down', group: 'down:y', severity: 'critical' }),
        { ...over, kind: 'resolved', resolvedAt: '2026-11-23T10:07:00.000Z' },
      ],
      config,
    );
    expect(content.parts.map(({ heading, over: isOver }) => [heading, isOver])).toEqual([
      ['C is down', false],
      ['B is slow', false],
      ['A does not work', true],
    ]);
    expect(content.title).toBe('2 alerts, 1 over: C is down');
    expect(textOf(content)).toContain('It is over, after 7 minutes.');
  });

  it('stays short whatever it has to tell', () => {
    const content = composeAlerts(
      Array.from({ length: 300 }, (_, n) => told({ group: `rule:${n}` })),
      config,
    );
    expect(content.parts).toHaveLength(20);
    expect(content.parts.at(-1)!.heading).toBe('And 281 other matters');
    expect((slackMessage(content)['blocks'] as unknown[]).length).toBeLessThan(50);
  });

  it('lets no name become a mark of Slack', () => {
    const content = composeAlerts([told({ title: '<!channel> & <b>' })], config);
    const text = JSON.stringify(slackMessage(content)['blocks']);
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;b&gt;');
    expect(JSON.stringify((slackMessage(content)['blocks'] as unknown[])[1])).not.toContain('<!channel>');
  });
});

import { describe, expect, it } from 'vitest';
import { allProviders, findProvider } from '../../providers/all-providers.ts';
import { recommend, recommendationRules } from './recommendations.ts';

const all = new Set(allProviders.map(({ slug }) => slug));
const from = (providers: string[], webhookHosts: string[] = [], mayBe: ReadonlySet<string> = all) =>
  recommend({ providers: new Set(providers), webhookHosts: new Set(webhookHosts) }, mayBe);

describe('the rules', () => {
  it.each(recommendationRules)('$provider: $reason', (rule) => {
    const named = [
      rule.provider,
      ...(rule.withAny ?? []),
      ...(rule.withOneOf ?? []),
      ...(rule.without ?? []),
    ];
    expect(named.filter((slug) => findProvider(slug) === undefined)).toEqual([]);
    expect(rule.withAny ?? rule.withOneOf ?? rule.webhookTo).toBeDefined();
    // What a rule wants must be possible together.
    expect(rule.withAny?.every((slug) => rule.without?.includes(slug)) ?? false).toBe(false);
    expect(rule.reason).toMatch(/^[A-Z].{20,110}\.$/);
  });
});

describe('recommend', () => {
  it('says nothing to those who use nothing', () => {
    expect([...from([])]).toEqual([]);
  });

  it('goes by what is used', () => {
    expect(from(['gmail']).get('google-calendar')).toBe('You use Gmail: the same Google account works.');
    expect(from(['sendgrid']).get('amazon-ses')).toMatch(/there is a backup/);
    expect([...from(['amazon-ses']).keys()]).toEqual(['sendgrid']);
    expect([...from(['greenhouse']).keys()]).toEqual(['indeed', 'checkr']);
  });

  it('goes by where webhooks send to', () => {
    expect([...from([], ['hooks.zapier.com']).keys()]).toEqual(['zapier']);
    expect([...from(['zapier'], ['hooks.zapier.com']).keys()]).toEqual([]);
    expect([...from([], ['example.com']).keys()]).toEqual([]);
  });

  it('offers a backup of email only while there is one sender', () => {
    expect(from(['sendgrid', 'postmark']).has('amazon-ses')).toBe(false);
    expect(from(['sendgrid', 'smtp']).has('amazon-ses')).toBe(false);
  });

  it('does not offer what another provider does already', () => {
    expect(from(['greenhouse', 'dice']).has('indeed')).toBe(false);
    expect(from(['google-calendar', 'zoom']).has('google-meet')).toBe(false);
  });

  it('offers at most three, the first of the rules, and never what is used or may not be', () => {
    const used = ['gmail', 'greenhouse', 'twilio', 'stripe', 'hubspot'];
    const best = [...from(used, ['hooks.zapier.com']).keys()];
    expect(best).toEqual(['zapier', 'amazon-ses', 'google-calendar']);
    const without = new Set([...all].filter((slug) => slug !== 'amazon-ses'));
    expect([...from(used, ['hooks.zapier.com'], without).keys()]).toEqual([
      'zapier',
      'google-calendar',
      'indeed',
    ]);
    for (const { provider } of recommendationRules) expect(from([...all]).has(provider)).toBe(false);
  });
});

import { createAutomation } from '@trunkline/contract/automations';
import { capabilityNames } from '@trunkline/contract/capabilities';
import { eventTypes } from '@trunkline/contract/event-types/catalog';
import { matchesPattern } from '@trunkline/contract/event-pattern';
import { listTemplates as operation, templateSources } from '@trunkline/contract/templates';
import { createWebhook as createOperation } from '@trunkline/contract/webhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allProviders, findProvider } from '../../providers/all-providers.ts';
import { expectRefusals } from '../../testing/refusal.ts';
import { createIntegrationSamples } from '../../testing/sample-integrations.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { examplesOf, issuesOf } from '../automations/try-draft.ts';
import { listTemplates } from './list-templates.ts';
import { presentTemplates } from './template-rules.ts';
import { updateCatalogCuration } from './update-catalog-curation.ts';

let test: TestApp;
let here: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  here = await test.createOrganization();
});
afterAll(() => test.close());

const all = (connected: Record<string, number> = {}) =>
  allProviders.map(({ slug, name, adapters }) => ({
    slug,
    name,
    connected: connected[slug] ?? 0,
    offers: capabilityNames.filter((capability) => adapters?.[capability] !== undefined),
  }));
const one = (slug: string, connected: Record<string, number> = {}) =>
  presentTemplates(all(connected)).find((template) => template.slug === slug);

/** Own events that are really sent; the other types are sent by the organization itself. */
const sentByUs = ['delivery.dead_lettered', 'webhook.failing', 'webhook.disabled'];

describe.each(templateSources.map((source) => [source.slug, source] as const))('%s', (slug, source) => {
  it('works as it stands', () => {
    expect(slug).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const text of [source.description, ...source.steps]) expect(text).toMatch(/^[A-Z].*\.$/);
    const named = [
      ...(source.needs ?? []),
      ...(source.makes.kind === 'connections' ? source.makes.choices.flatMap((c) => c.providers) : []),
    ];
    expect(named.filter((each) => findProvider(each) === undefined)).toEqual([]);
    const made = one(slug);
    expect(made).toBeDefined();
    const makes = made?.makes;
    if (makes?.kind === 'automation') return;
    const input =
      makes?.kind === 'webhook' ? { ...makes.webhook, url: makes.urlExample } : { name: '', events: [] };
    expect(createOperation.input.safeParse(input).success).toBe(makes?.kind === 'webhook');
    for (const event of input.events) {
      const types = eventTypes.filter(({ name }) => matchesPattern(event, name));
      expect([event, types.length > 0]).toEqual([event, true]);
      const ours = types.filter(({ group }) => group === 'Trunkline').map(({ name }) => name);
      expect([event, event === '*' || ours.every((name) => sentByUs.includes(name))]).toEqual([event, true]);
    }
  });
});

describe.each(
  templateSources.flatMap(({ slug, makes }) => (makes.kind === 'automation' ? [[slug, makes] as const] : [])),
)('the automation of %s', (_slug, makes) => {
  it('is filled from the examples of its events', () => {
    const draft = createAutomation.input.parse(makes.automation);
    expect(examplesOf(draft.trigger, []).length).toBeGreaterThan(0);
    expect(issuesOf(draft, [], 0)).toEqual([]);
  });
});

describe('presentTemplates', () => {
  it('has each once', () => {
    const slugs = templateSources.map(({ slug }) => slug);
    expect(new Set(slugs).size).toBe(slugs.length);
    expect(presentTemplates(all()).map(({ slug }) => slug)).toEqual(slugs);
  });

  it('says what must be connected first, and whether it is', () => {
    expect(one('job-created-zapier')?.needs).toBeNull();
    expect(one('google-calendar-meet')?.needs).toEqual({
      met: false,
      providers: [{ slug: 'google-calendar', name: 'Google Calendar', connected: 0 }],
    });
    expect(one('google-calendar-meet', { 'google-calendar': 1 })?.needs?.met).toBe(true);
    expect(one('hiring-checks', { lever: 1 })?.needs?.met).toBe(true);
  });

  it('says of an automation what its steps need, and whether somebody can do it', () => {
    const needed = (connected: Record<string, number>) => {
      const makes = one('interview-calendar-meeting', connected)?.makes;
      return makes?.kind === 'automation' ? makes.capabilities : [];
    };
    expect(needed({ zoom: 1 }).map(({ capability, connected }) => [capability, connected])).toEqual([
      ['video.create_meeting', true],
      ['calendar.create_event', false],
    ]);
    expect(needed({})[1]?.providers.map(({ slug }) => slug)).toContain('google-calendar');
  });

  it('wants an integration of its own for each purpose', () => {
    const done = (slug: string, connected: Record<string, number>) => {
      const makes = one(slug, connected)?.makes;
      return makes?.kind === 'connections' ? makes.done : null;
    };
    expect(done('email-with-backup', {})).toBe(false);
    expect(done('email-with-backup', { sendgrid: 1 })).toBe(false);
    expect(done('email-with-backup', { sendgrid: 1, 'amazon-ses': 1 })).toBe(true);
    expect(done('interviews-calendar-video', { 'google-calendar': 2 })).toBe(false);
    expect(done('interviews-calendar-video', { 'google-calendar': 1, zoom: 1 })).toBe(true);
  });

  it('leaves out what cannot be carried out with the providers that are left', () => {
    const without = (...slugs: string[]) =>
      presentTemplates(all().filter(({ slug }) => !slugs.includes(slug))).map(({ slug }) => slug);
    expect(without('google-calendar')).not.toContain('google-calendar-meet');
    expect(without('twilio', 'vonage')).not.toContain('sms-with-backup');
    expect(without('twilio')).toContain('sms-with-backup');
    expect(without('zapier')).toContain('job-created-zapier');
  });
});

describe('listTemplates', () => {
  it('goes by the catalog of the organization', async () => {
    const viewer = test.as('viewer', here);
    await createIntegrationSamples(test, here.id, 'm').integration();
    await updateCatalogCuration(test.as('system_admin', here), { hidden: ['bcbs', 'delta-dental', 'vsp'] });
    const { data, nextCursor } = operation.output.parse(await listTemplates(viewer, {}));
    expect(nextCursor).toBeNull();
    expect(data.map(({ slug }) => slug)).toEqual(
      templateSources.map(({ slug }) => slug).filter((slug) => slug !== 'carrier-files'),
    );
    const email = data.find(({ slug }) => slug === 'email-with-backup');
    const makes = email?.makes.kind === 'connections' ? email.makes : null;
    expect(makes?.choices[0]?.providers[0]).toEqual({
      slug: 'sendgrid',
      name: 'Twilio SendGrid',
      connected: 1,
    });
    expect(makes?.done).toBe(false);
    // What was only begun helps no template.
    await test.database.pool.query('UPDATE integrations SET connected_at = NULL WHERE organization_id = $1', [
      here.id,
    ]);
    const begun = (await listTemplates(viewer, {})).data.find(({ slug }) => slug === 'email-with-backup');
    const left = begun?.makes.kind === 'connections' ? begun.makes.choices[0]?.providers[0] : undefined;
    expect(left).toMatchObject({ slug: 'sendgrid', connected: 0 });
    const other = await test.createOrganization();
    expect((await listTemplates(test.apiKey(other), {})).data).toHaveLength(templateSources.length);
    await expectRefusals(test, here, operation, (ctx) => listTemplates(ctx, {}));
  });
});

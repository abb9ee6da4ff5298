import { capabilities, capabilityNames } from '@trunkline/contract/capabilities';
import type { CapabilityName, CapabilityOutput } from '@trunkline/contract/capabilities';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConnection } from '../../connections/load-connection.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { allProviders } from '../../providers/all-providers.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { attempt } from './attempt.ts';
import type { AttemptResult } from './attempt.ts';

/*
 * Every adapter of every provider through the same cases, against its simulator, which checks requests as the provider
 * documents them and keeps what it was sent.
 */

let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld();
  organization = await world.createOrganization();
});
afterAll(() => world.close());

/** What the example of a capability cannot know of a simulator, by provider. */
const known: Record<string, Record<string, Record<string, unknown>>> = {
  'google-calendar': {
    'calendar.update_event': { reference: undefined, create: undefined },
    'calendar.cancel_event': { reference: undefined },
  },
  'microsoft-365': {
    'calendar.free_busy': { calendars: ['ada@example.com'] },
    'calendar.update_event': { reference: undefined, create: undefined },
    'calendar.cancel_event': { reference: undefined },
  },
  discord: { 'chat.post': { channel: undefined } },
  'microsoft-teams': { 'chat.post': { channel: undefined } },
  'local-storage': {
    'ats.import': {
      file: { name: 'a.csv', content: Buffer.from('email\nada@example.com').toString('base64') },
    },
  },
};

/** What has to be there first, and the fields of it that the input needs. */
const needs: { [C in CapabilityName]?: { does: CapabilityName; gives: string } } = {
  'calendar.update_event': { does: 'calendar.create_event', gives: 'eventId' },
  'calendar.cancel_event': { does: 'calendar.create_event', gives: 'eventId' },
  'esign.status': { does: 'esign.send', gives: 'requestId' },
  'job.close': { does: 'job.post', gives: 'postingId' },
};

/** Settings that a person would choose. */
const settings: Record<string, Record<string, string>> = {
  'microsoft-teams': {
    teamId: '02bd9fd6-8f93-4758-87c3-1fb73740a315',
    channelId: '19:general@thread.tacv2',
  },
  checkr: { package: 'basic' },
  sterling: { package: '1' },
};

/** A mailbox whose name is longer than RFC 5321 allows. */
const tooLong = `${'a'.repeat(65)}@example.com`;
const longKey = '€'.repeat(400);
const textFile = { name: 'contract.pdf', content: Buffer.from('no document').toString('base64') };

/** Inputs that the contract takes and the provider refuses. */
const wrong: Record<string, { [C in CapabilityName]?: Record<string, unknown> }> = {
  'amazon-ses': { 'email.send': { to: tooLong } },
  avalara: { 'tax.quote': { to: { country: 'US' } } },
  'aws-s3': { 'storage.put': { key: longKey }, 'storage.get': { key: longKey } },
  bamboohr: { 'hris.list_employees': { cursor: 'x' } },
  checkr: { 'background_check.order': { email: tooLong } },
  discord: { 'chat.post': { channel: 'support' } },
  docusign: { 'esign.send': { documents: [textFile] }, 'esign.status': { requestId: 'nobody' } },
  'google-calendar': {
    'calendar.create_event': { attendees: [tooLong] },
    'calendar.update_event': { eventId: 'nobody' },
  },
  greenhouse: { 'ats.import': { cursor: '%' } },
  gusto: { 'hris.list_employees': { cursor: '0' }, 'payroll.export': { periodStart: '2026-12-02' } },
  hellosign: {
    'esign.send': { signers: [{ name: 'Jane Doe', email: tooLong }] },
    'esign.status': { requestId: 'nobody' },
  },
  hubspot: { 'crm.upsert_contact': { email: tooLong } },
  indeed: { 'job.post': { contactEmail: tooLong }, 'job.close': { postingId: 'nobody' } },
  lever: { 'ats.import': { cursor: '%' } },
  'linkedin-recruiter': { 'job.post': { contactEmail: tooLong } },
  'local-storage': {
    'storage.put': { key: 'a'.repeat(300) },
    'storage.get': { key: 'a'.repeat(300) },
    'ats.import': { file: undefined },
  },
  mailgun: { 'email.send': { to: tooLong } },
  'microsoft-365': {
    'calendar.create_event': { calendar: 'nobody' },
    'calendar.update_event': { eventId: 'nobody' },
    'calendar.list_events': { calendar: 'nobody' },
    'calendar.free_busy': { to: '2027-02-03T00:00:00Z' },
  },
  'microsoft-teams': { 'chat.post': { channel: 'support' } },
  onfido: { 'kyc.start': { lastName: '<Doe>' } },
  postmark: {
    'email.send': { attachments: [{ filename: 'setup.exe', content: 'TVo=' }] },
  },
  salesforce: { 'crm.upsert_contact': { firstName: 'a'.repeat(41) } },
  sendgrid: { 'email.send': { cc: 'jane@example.com' } },
  slack: { 'chat.post': { text: ' ' } },
  smtp: { 'email.send': { to: tooLong } },
  sterling: { 'background_check.order': { email: tooLong } },
  stripe: {
    'payment.create_customer': { email: tooLong },
    'payment.create_account': { country: 'XQ' },
  },
  'stripe-connect': { 'payment.create_customer': { email: tooLong } },
  sumsub: { 'kyc.start': { email: tooLong } },
  twilio: { 'sms.send': { to: '+15005550001' } },
  'twilio-verify': { 'verify.start': { to: '+10005550100' } },
  vonage: { 'sms.send': { from: ' ' } },
};

/** Why there is no such input: everything that the contract takes is taken, or refused as something else. */
const neverWrong: Record<string, { [C in CapabilityName]?: string }> = {
  adp: { 'payroll.export': 'writes a file' },
  'aws-s3': { 'storage.sign': 'asks nobody' },
  'google-calendar': {
    'calendar.cancel_event': 'an event that is not there is an answer',
    'calendar.list_events': 'a calendar that is not there counts as a setting',
    'calendar.free_busy': 'a calendar that is not there is an answer',
  },
  'google-meet': { 'video.create_meeting': 'hands nothing over' },
  'linkedin-recruiter': { 'job.close': 'is taken, and looked at later' },
  lucca: { 'payroll.export': 'writes a file' },
  'microsoft-365': { 'calendar.cancel_event': 'an event that is not there is an answer' },
  'microsoft-teams': { 'video.create_meeting': 'takes every title and time' },
  'papaya-global': { 'payroll.export': 'writes a file' },
  paychex: { 'payroll.export': 'writes a file' },
  silae: { 'payroll.export': 'writes a file' },
  'twilio-verify': { 'verify.check': 'a wrong code is an answer' },
  zoom: { 'video.create_meeting': 'takes every title and time' },
};

/** Done here alone, so that no state of the provider shows. */
const asksNobody = (slug: string, capability: CapabilityName): boolean =>
  capability === 'storage.sign' || (capability === 'payroll.export' && slug !== 'gusto');

const pairs = allProviders.flatMap(({ slug, adapters }) =>
  capabilityNames.flatMap((capability) => (adapters?.[capability] ? [[slug, capability] as const] : [])),
);
const slugs = [...new Set(pairs.map(([slug]) => slug))];

function inputOf(slug: string, capability: CapabilityName, change: Record<string, unknown> = {}): unknown {
  const input = { ...capabilities[capability].example, ...known[slug]?.[capability], ...change };
  return capabilities[capability].input.parse(input);
}

/** An input that works: what it needs is there. */
async function readyInput(
  integrationId: string,
  slug: string,
  capability: CapabilityName,
  change: Record<string, unknown> = {},
): Promise<unknown> {
  const first = needs[capability];
  if (first === undefined) return inputOf(slug, capability, change);
  const { result } = await ask(integrationId, first.does, inputOf(slug, first.does));
  const given = (result as Record<string, unknown>)[first.gives];
  return inputOf(slug, capability, { [first.gives]: given, ...change });
}

async function ask(
  integrationId: string,
  capability: CapabilityName,
  input: unknown,
  key = newKey(),
): Promise<AttemptResult> {
  const connection = await tenantTransaction(world.app.pool, organization.id, (tx) =>
    loadConnection(world.app, tx, integrationId),
  );
  return attempt(world.app, connection, { capability, input, key });
}

const newKey = (): string => world.app.newId().replaceAll('-', '');

/** Puts the other side in a state; false when it has none. */
async function become(
  slug: string,
  state: 'healthy' | 'revoked' | 'rateLimited' | 'down' | 'answerLost' | 'changeLost',
): Promise<boolean> {
  if (slug === 'local-storage') return false;
  if (slug === 'smtp') {
    const states = {
      healthy: 'healthy',
      revoked: 'wrongPassword',
      rateLimited: 'greylisting',
      down: 'down',
      answerLost: 'hangAfterData',
      changeLost: 'hangAfterData',
    } as const;
    await world.mail.setCondition(states[state]);
    return true;
  }
  world.sandbox.setCondition(slug, state);
  return true;
}

/** How many things the provider was given so far. */
const given = (slug: string): number =>
  slug === 'smtp'
    ? world.mail.messages().length
    : world.sandbox.sent(slug).filter(({ kind }) => kind !== 'idempotency key').length;

it('has two or more providers wherever failover is to be real', () => {
  const count = (capability: CapabilityName) => pairs.filter((pair) => pair[1] === capability).length;
  for (const capability of [
    'email.send',
    'sms.send',
    'chat.post',
    'storage.put',
    'storage.get',
    'calendar.create_event',
    'calendar.update_event',
    'calendar.cancel_event',
    'calendar.list_events',
    'calendar.free_busy',
    'video.create_meeting',
    'esign.send',
    'esign.status',
    'kyc.start',
    'ats.import',
    'crm.upsert_contact',
    'job.post',
    'job.close',
    'background_check.order',
    'hris.list_employees',
    'payroll.export',
  ] as const) {
    expect([capability, count(capability) >= 2]).toEqual([capability, true]);
  }
  for (const capability of capabilityNames)
    expect([capability, count(capability) > 0]).toEqual([capability, true]);
});

it.each(capabilityNames.filter((capability) => needs[capability] === undefined))(
  'has for %s an example that some provider does as it stands in the documentation',
  (capability) => {
    const asItStands = pairs.filter(
      ([slug, name]) => name === capability && Object.keys(known[slug]?.[name] ?? {}).length === 0,
    );
    expect(asItStands).not.toEqual([]);
  },
);

it.each(pairs)('knows what %s refuses of %s, or why it refuses nothing', (slug, capability) => {
  const refuses = wrong[slug]?.[capability] !== undefined;
  const excused = neverWrong[slug]?.[capability] !== undefined;
  expect(refuses).not.toBe(excused);
});

/** A repetition makes another one, which does no harm. */
const makesAnother = new Set(['google-meet']);

describe.each(slugs)('%s', (slug) => {
  let id: string;
  const own = pairs.flatMap((pair) => (pair[0] === slug ? [pair[1]] : []));
  const adapterOf = (capability: CapabilityName) =>
    allProviders.find((provider) => provider.slug === slug)!.adapters![capability]!;

  beforeAll(async () => {
    id = await world.connect(organization, slug);
    await world.app.pool.query('UPDATE integrations SET settings = settings || $2 WHERE id = $1', [
      id,
      JSON.stringify(settings[slug] ?? {}),
    ]);
  });

  it.each(own)('does %s, and says what the contract says', async (capability) => {
    const result = await ask(id, capability, await readyInput(id, slug, capability));
    expect([result.outcome, result.problem]).toEqual(['succeeded', null]);
    expect(capabilities[capability].output.safeParse(result.result).success).toBe(true);
    // Ids of things that were made are never empty.
    const empty = Object.entries(result.result as object).filter(([, value]) => value === '');
    expect(empty).toEqual([]);
  });

  it.each(own)('%s: a repetition with the same key is what the adapter says it is', async (capability) => {
    const input = await readyInput(id, slug, capability);
    const key = newKey();
    await ask(id, capability, input, key);
    const before = given(slug);
    const again = await ask(id, capability, input, key);
    expect(['succeeded', 'failed']).toContain(again.outcome);
    const promised = adapterOf(capability).repeatable && !makesAnother.has(slug);
    expect(promised && given(slug) > before).toBe(false);
  });

  it.each(own.filter((capability) => wrong[slug]?.[capability]))(
    '%s: what is wrong in itself is told apart',
    async (capability) => {
      const input = await readyInput(id, slug, capability, wrong[slug]![capability]);
      const before = given(slug);
      const result = await ask(id, capability, input);
      expect([result.outcome, result.problem?.fault]).toEqual(['failed', 'badInput']);
      expect(given(slug)).toBe(before);
    },
  );

  it.each(own)(
    '%s: an answer that does not come is a doubt only where something is changed',
    async (capability) => {
      if (asksNobody(slug, capability)) return;
      const changes = capabilities[capability].effect === 'write';
      const input = await readyInput(id, slug, capability);
      if (!(await become(slug, changes ? 'changeLost' : 'answerLost'))) return;
      const result = await world.impatiently(() => ask(id, capability, input));
      await become(slug, 'healthy');
      expect([result.outcome, result.problem?.fault]).toEqual(
        changes ? ['ambiguous', 'ambiguous'] : ['failed', 'down'],
      );
    },
  );

  it.each([
    ['rateLimited', ['rateLimit', 'quota']],
    ['down', ['down', 'rateLimit']],
    ['revoked', ['reauth', 'scope']],
  ] as const)('sees that it is %s, and nothing is done', async (state, faults) => {
    const asked = own.filter((capability) => !asksNobody(slug, capability));
    const inputs = new Map<CapabilityName, unknown>();
    for (const capability of asked) inputs.set(capability, await readyInput(id, slug, capability));
    if (!(await become(slug, state))) return;
    const before = given(slug);
    for (const capability of asked) {
      const result = await ask(id, capability, inputs.get(capability));
      expect([capability, result.outcome]).toEqual([capability, 'failed']);
      expect(faults).toContain(result.problem?.fault);
    }
    await become(slug, 'healthy');
    expect(given(slug)).toBe(before);
  });
});

it.each(['google-calendar', 'microsoft-365'])(
  'gives with an event at %s the address of its video meeting, where one was asked for and only there',
  async (slug) => {
    const id = await world.connect(organization, slug, `${slug} for video`);
    const urlOf = async (videoLink: boolean) => {
      const { outcome, result } = await ask(
        id,
        'calendar.create_event',
        inputOf(slug, 'calendar.create_event', { videoLink }),
      );
      return [outcome, (result as CapabilityOutput<'calendar.create_event'>).videoUrl];
    };
    expect(await urlOf(true)).toEqual(['succeeded', expect.stringMatching(/^https:\/\/\S+$/)]);
    expect(await urlOf(false)).toEqual(['succeeded', null]);
  },
);

describe('an email', () => {
  const special = {
    to: [{ email: 'jane@example.com', name: 'Jané "JD" Döe, Ltd.' }, 'joe@example.com'],
    cc: ['cc@example.com'],
    bcc: ['bcc@example.com'],
    replyTo: { email: 'reply@example.com', name: 'Übersicht' },
    subject: 'Ünïcode ✓ 面接',
    text: 'Grüße aus 東京\n.\nA line that is a dot alone.',
    html: '<p>Grüße</p>',
    attachments: [{ filename: 'Lebenslauf ü.pdf', contentType: 'application/pdf', content: 'JVBERi0xLjQK' }],
  };

  it.each(['sendgrid', 'smtp', 'amazon-ses', 'mailgun', 'postmark'])(
    'with names, files and letters of the world goes through %s',
    async (slug) => {
      const id = await world.connect(organization, slug, `${slug} for letters`);
      const result = await ask(id, 'email.send', capabilities['email.send'].input.parse(special));
      expect([result.outcome, result.problem]).toEqual(['succeeded', null]);
    },
  );

  it('by a mail server has its hidden recipients in the envelope only, and begins no header of its own', async () => {
    const id = await world.connect(organization, 'smtp', 'for headers');
    await ask(id, 'email.send', capabilities['email.send'].input.parse(special));
    const { to, source } = world.mail.messages().at(-1)!;
    expect(to).toEqual(['jane@example.com', 'joe@example.com', 'cc@example.com', 'bcc@example.com']);
    const head = source.slice(0, source.indexOf('\r\n\r\n'));
    expect(head).not.toMatch(/bcc/i);
    expect(head.match(/^Message-ID: <[0-9a-f]{32}@/m)).not.toBeNull();
    expect(source).toContain('JVBERi0xLjQK');
  });
});

it('never tells in an error what was sent, nor a secret', async () => {
  const id = await world.connect(organization, 'twilio', 'for errors');
  const text = 'a very confidential sentence';
  const input = capabilities['sms.send'].input.parse({ to: '+15005550001', text });
  const { problem } = await ask(id, 'sms.send', input);
  const secret = world.sandbox.account('twilio').values['authToken']!;
  expect(JSON.stringify(problem)).not.toContain(text);
  expect(JSON.stringify(problem)).not.toContain(secret);
});

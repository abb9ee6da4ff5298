import { esignSend, esignStatus } from '@trunkline/contract/capabilities/esign';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAdapterWorld } from '../../testing/adapter-world.ts';
import type { AdapterWorld } from '../../testing/adapter-world.ts';

let world: AdapterWorld;
beforeAll(async () => {
  world = await startAdapterWorld();
});
afterAll(() => world.close());

const request = {
  title: 'Ünïcode ✓',
  message: 'Bitte bis Freitag.\nDanke!',
  documents: [
    { name: 'Vertrag ü.pdf', content: 'JVBERi0xLjQK' },
    { name: 'annex.DOCX', content: 'UEsDBAo=' },
  ],
  signers: [
    { name: 'Jané "JD" Döe', email: 'jane@example.com' },
    { name: 'Joe', email: 'joe@example.com' },
  ],
  inOrder: true,
};

describe.each([
  ['docusign', 'envelope'],
  ['hellosign', 'signature request'],
])('%s', (slug, kind) => {
  const last = () =>
    world.sandbox
      .sent(slug)
      .filter((item) => item.kind === kind)
      .at(-1)!;

  it('asks people to sign in their order, and says who has', async () => {
    const sent = await world.ask(slug, 'esign.send', request);
    expect(sent.problem).toBe(null);
    const { requestId } = esignSend.output.parse(sent.result);
    expect(last().id).toBe(requestId);
    const status = await world.ask(slug, 'esign.status', { requestId });
    expect(esignStatus.output.parse(status.result)).toEqual({
      requestId,
      state: 'sent',
      signers: request.signers.map((signer) => ({ ...signer, state: 'waiting', signedAt: null })),
    });
  });

  it('tells every end of a request', async () => {
    const { requestId } = esignSend.output.parse((await world.ask(slug, 'esign.send', request)).result);
    for (const [change, state, signer] of ends[slug]!) {
      Object.assign(last().data, change);
      const status = await world.ask(slug, 'esign.status', { requestId });
      expect(status.result).toMatchObject({ state, signers: [signer, {}] });
    }
  });
});

type End = [Record<string, unknown>, string, Record<string, unknown>];
const jane = request.signers[0];
const signedAt = '2026-12-01T10:00:00.000Z';
const others = { name: 'Joe', email: 'joe@example.com' };
const envelope = (status: string, signer: Record<string, unknown>) => ({
  envelope: { status },
  recipients: { signers: [{ ...jane, ...signer }, others] },
});
const signatures = (first: Record<string, unknown>) => ({ signatures: [first, {}] });
const ends: Record<string, End[]> = {
  docusign: [
    [envelope('delivered', { status: 'delivered' }), 'sent', { state: 'waiting' }],
    [envelope('declined', { status: 'declined' }), 'declined', { state: 'declined' }],
    [envelope('voided', { status: 'sent' }), 'cancelled', { state: 'waiting' }],
    [
      envelope('completed', { status: 'completed', signedDateTime: signedAt }),
      'completed',
      { state: 'signed', signedAt },
    ],
  ],
  hellosign: [
    [
      { is_declined: true, ...signatures({ status_code: 'declined' }) },
      'declined',
      { state: 'declined', signedAt: null },
    ],
    [
      { is_declined: false, has_error: true, ...signatures({ status_code: 'error_invalid_email' }) },
      'failed',
      { state: 'failed' },
    ],
    [
      {
        is_complete: true,
        ...signatures({ status_code: 'signed', signed_at: Date.parse(signedAt) / 1000 }),
      },
      'completed',
      { state: 'signed', signedAt },
    ],
  ],
};

it('tries out at Dropbox Sign only when somebody has said so', async () => {
  const modes = () => world.sandbox.sent('hellosign').map(({ data }) => data['test_mode']);
  expect(new Set(modes())).toEqual(new Set([false]));
  await world.set('hellosign', { testMode: 'true' });
  await world.ask('hellosign', 'esign.send', request);
  expect(modes().at(-1)).toBe(true);
});

it('lets nobody sign twice, and takes no other kind of file', () => {
  const takes = (change: object): boolean => esignSend.input.safeParse({ ...request, ...change }).success;
  expect(takes({})).toBe(true);
  expect(takes({ signers: [request.signers[0], { name: 'Me', email: 'JANE@example.com' }] })).toBe(false);
  expect(takes({ documents: [{ name: 'run.exe', content: 'AAAA' }] })).toBe(false);
  expect(takes({ documents: [{ name: '../run.pdf', content: 'AAAA' }] })).toBe(false);
});

const person = { personId: 'person-1', firstName: 'Jane', lastName: 'Doe', phone: '+14155550100' };

it('finds the applicant of a person at Sumsub, with a new token each time', async () => {
  const [first, again] = [
    await world.ask('sumsub', 'kyc.start', person),
    await world.ask('sumsub', 'kyc.start', { ...person, email: 'jane@example.com' }),
  ].map(({ result }) => result as { verificationId: string; token: string });
  expect(again!.verificationId).toBe(first!.verificationId);
  expect(again!.token).not.toBe(first!.token);
  expect(world.sandbox.sent('sumsub')).toHaveLength(1);
});

it('begins a run of the workflow at Onfido, with an address and a token', async () => {
  const { result } = await world.ask('onfido', 'kyc.start', person);
  const [applicant, run] = world.sandbox.sent('onfido');
  expect(result).toMatchObject({ verificationId: run!.id, url: `https://eu.onfido.app/l/${run!.id}` });
  expect(run!.data).toMatchObject({ applicant_id: applicant!.id, customer_user_id: 'person-1' });
});

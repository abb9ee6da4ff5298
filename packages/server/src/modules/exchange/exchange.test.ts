import {
  createExchangeFile as createOperation,
  downloadExchangeFile as downloadOperation,
  listExchangeFiles as listOperation,
  sendExchangeFile as sendOperation,
} from '@trunkline/contract/exchange';
import type { ExchangeFile } from '@trunkline/contract/exchange';
import type { EnrollmentMember } from '@trunkline/contract/files';
import { startSftpSimulator } from '@trunkline/sandbox/sftp';
import type { SftpSimulator } from '@trunkline/sandbox/sftp';
import { makeSshKey } from '@trunkline/sandbox/ssh-key';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callOperation } from '../../bindings.ts';
import type { AppError } from '../../errors.ts';
import { contributionsLayout } from '../../lib/files/layouts.ts';
import { sampleMembers } from '../../lib/files/sample.ts';
import { read834 } from '../../lib/files/x12/read-834.ts';
import { writeAcknowledgement } from '../../lib/files/x12/write-acknowledgement.ts';
import type { AcknowledgementInput } from '../../lib/files/x12/write-acknowledgement.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { createIntegration } from '../integrations/create-integration.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { createExchangeFile } from './create-exchange-file.ts';
import { downloadExchangeFile } from './download-exchange-file.ts';
import { eraseExchangeFile } from './erase-exchange-file.ts';
import { fetchExchangeFiles } from './fetch-exchange-files.ts';
import { listExchangeFiles } from './list-exchange-files.ts';
import { listExchangeLayouts } from './list-exchange-layouts.ts';
import { saveExchangeLayout } from './save-exchange-layout.ts';
import { sendExchangeFile } from './send-exchange-file.ts';
import { uploadExchangeFile } from './upload-exchange-file.ts';
import { validateExchangeFile } from './validate-exchange-file.ts';

const key = makeSshKey();

let partner: SftpSimulator;
let test: TestApp;
let organization: TestOrganization;
let folders = { to: '', from: '' };
let count = 0;

beforeAll(async () => {
  const names = Array.from({ length: 50 }, (_, index) => [`/in${index}`, `/out${index}`]);
  partner = await startSftpSimulator({
    username: 'acme_834',
    password: null,
    publicKeys: [key.public],
    folders: names.flat(),
  });
  test = await createTestApp({
    reroute: (_provider, url) => (url.startsWith('sftp:') ? `sftp://127.0.0.1:${partner.ports.sftp}` : url),
  });
});
afterAll(async () => {
  await test?.close();
  await partner?.close();
});
beforeEach(async () => {
  await partner.setCondition('healthy');
  // A folder for each test, as names repeat.
  folders = { to: `/in${++count}`, from: `/out${count}` };
  organization = await test.createOrganization();
});

const editor = () => test.as('utility_admin', organization);

/** A carrier by SFTP. */
async function carrier(change: { values?: Record<string, string>; settings?: object } = {}): Promise<string> {
  const created = await createIntegration(editor(), {
    provider: 'delta-dental',
    authType: 'sftp',
    values: {
      sftpHost: 'sftp.example.com',
      sftpUser: 'acme_834',
      sftpPrivateKey: key.private,
      sftpHostKey: partner.fingerprint(),
      isaSenderId: '123456789',
      isaReceiverId: 'CARRIER01',
      groupNumber: '0012345',
      ...change.values,
    },
    settings: { outboxFolder: folders.to, inboxFolder: folders.from, ...change.settings },
    check: 'skip',
  });
  return created.id;
}

async function plan(): Promise<string> {
  const created = await createIntegration(editor(), {
    provider: 'fidelity',
    authType: 'manual',
    values: { planNumber: '54321' },
    check: 'skip',
  });
  return created.id;
}

const parties = {
  sponsor: { name: 'Acme Staffing', taxId: '000000001' },
  payer: { name: 'Carrier', taxId: '000000002' },
};

function members(): EnrollmentMember[] {
  return sampleMembers(test.time.now, 'dental').slice(0, 3);
}

function enrollment(integrationId: string, change: object = {}): Promise<ExchangeFile> {
  return createExchangeFile(editor(), {
    integrationId,
    content: {
      kind: 'enrollment',
      members: members(),
      ...parties,
      purpose: 'original',
      totals: false,
      characterSet: 'extended',
      accents: 'refuse',
      ...change,
    },
  });
}

async function contentOf(id: string): Promise<string> {
  const { content } = await downloadExchangeFile(editor(), { id });
  return Buffer.from(content, 'base64').toString();
}

function answer(change: Partial<AcknowledgementInput>): string {
  return writeAcknowledgement({
    sender: { qualifier: 'ZZ', id: 'CARRIER01' },
    receiver: { qualifier: 'ZZ', id: '123456789' },
    createdAt: test.time.now,
    controlNumber: 9001,
    test: true,
    acknowledgementRequested: false,
    ...change,
  });
}

const taken = (controlNumber: number) =>
  answer({
    group: { controlNumber, code: 'A', transactions: [{ controlNumber: '0001', code: 'A' }] },
  });

async function audited(): Promise<string[]> {
  const { rows } = await test.app.pool.query<{ action: string }>(
    `SELECT action FROM audit_log WHERE organization_id = $1 AND action LIKE 'exchange%' ORDER BY sequence`,
    [organization.id],
  );
  return rows.map(({ action }) => action);
}

describe('createExchangeFile', () => {
  it('writes an enrollment with the ids and settings of the integration, as a test until they say otherwise', async () => {
    const integrationId = await carrier();
    await test.announced();
    const file = await enrollment(integrationId);
    expect(file).toMatchObject({
      kind: 'enrollment',
      direction: 'outgoing',
      state: 'ready',
      controlNumber: 1,
      test: true,
      errors: 0,
      warnings: 0,
      name: expect.stringMatching(/^0012345_\d{8}_1\.834$/) as unknown,
    });
    const [read] = read834(await contentOf(file.id));
    expect(read).toMatchObject({
      sender: { id: '123456789' },
      receiver: { id: 'CARRIER01' },
      content: 'full',
      test: true,
      sponsor: { name: 'Acme Staffing' },
    });
    expect(read?.members.map(({ groupNumber }) => groupNumber)).toEqual(['0012345', '0012345', '0012345']);
    expect((await test.announced()).map(({ topic }) => topic)).toContain('exchange');
    await updateIntegration(editor(), {
      id: integrationId,
      settings: { testMode: false, fileContent: 'changes' },
    });
    const second = await enrollment(integrationId, {
      members: members().map((one) => ({ ...one, change: 'add' })),
    });
    expect(second).toMatchObject({ controlNumber: 2, test: false });
    expect(read834(await contentOf(second.id))[0]?.content).toBe('changes');
  });

  it('keeps the content sealed, and out of the audit log', async () => {
    const file = await enrollment(await carrier());
    const { rows } = await test.app.pool.query<object>(
      `SELECT f::text AS file, (SELECT string_agg(a::text, ' ') FROM audit_log a WHERE organization_id = $2) AS log
       FROM exchange_files f WHERE id = $1`,
      [file.id, organization.id],
    );
    const text = JSON.stringify(rows);
    for (const secret of ['Ashgrove', '987654320', Buffer.from('Ashgrove').toString('hex')]) {
      expect(text).not.toContain(secret);
    }
    expect(await contentOf(file.id)).toContain('Ashgrove');
  });

  it('never gives two files one control number', async () => {
    const [one, other] = [await carrier(), await carrier()];
    const files = await Promise.all(
      Array.from({ length: 8 }, (_, index) => enrollment(index % 2 === 0 ? one : other)),
    );
    const numbers = files.map(({ controlNumber }) => controlNumber).sort((a, b) => Number(a) - Number(b));
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await enrollment(one, { controlNumber: 500 })).toMatchObject({ controlNumber: 500 });
    expect((await refusalOf(enrollment(one, { controlNumber: 500 }))).errors?.[0]?.pointer).toBe(
      '/content/controlNumber',
    );
  });

  it('says which field of which member is wrong, and stores nothing', async () => {
    const integrationId = await carrier();
    const [first, second] = members();
    const wrong = { ...second!, firstName: 'Zoé' };
    const refusal = await refusalOf(enrollment(integrationId, { members: [first, wrong] }));
    expect(refusal).toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: '/content/members/1/firstName', detail: expect.any(String) as unknown }],
    });
    expect(refusal.message).not.toContain('Zo');
    expect((await listExchangeFiles(editor(), { integrationId, limit: 10 })).data).toEqual([]);
    expect(await enrollment(integrationId, { members: [first, wrong], accents: 'strip' })).toMatchObject({
      state: 'ready',
    });
  });

  it('takes a table instead, and says which row and column is wrong', async () => {
    const integrationId = await carrier();
    const table = [
      'Subscriber Number,Relationship,Employment Status,Last Name,First Name,Birth Date,Gender,Coverage,Coverage Start',
      'E1,self,full_time,Doe,Ada,1984-03-09,female,dental,2026-01-01',
    ].join('\n');
    const refusal = await refusalOf(enrollment(integrationId, { members: undefined, table }));
    expect(refusal.errors?.[0]?.detail).toMatch(/^\w+.*The column is not in the file\.$/);
  });

  it('writes contributions and payroll in the layout of the integration', async () => {
    const integrationId = await plan();
    const rows = [{ planNumber: '54321', employeeNumber: 'E1', lastName: '=Doe', firstName: 'Ada' }];
    const first = await createExchangeFile(editor(), {
      integrationId,
      content: { kind: 'contributions', rows },
    });
    expect(first).toMatchObject({ state: 'ready', test: null, controlNumber: null });
    expect(await contentOf(first.id)).toContain("54321,,E1,'=Doe,Ada");
    const layout = {
      ...contributionsLayout,
      header: false,
      delimiter: '|' as const,
      escapeFormulas: false,
      columns: [
        { field: 'lastName', header: 'Name' },
        { field: 'employeeNumber', header: 'Id' },
      ],
    };
    await saveExchangeLayout(editor(), { integrationId, kind: 'contributions', layout });
    const second = await createExchangeFile(editor(), {
      integrationId,
      content: { kind: 'contributions', rows },
    });
    expect(await contentOf(second.id)).toBe('=Doe|E1\r\n');
  });

  it('writes samples: one that stays a test, and ones that cannot be sent', async () => {
    const carried = await carrier({ settings: { testMode: false } });
    const enrolled = await createExchangeFile(editor(), {
      integrationId: carried,
      content: { kind: 'sample', of: 'enrollment' },
    });
    expect(enrolled).toMatchObject({ state: 'ready', test: true, errors: 0, warnings: 0 });
    const planned = await plan();
    for (const kind of ['contributions', 'census'] as const) {
      const file = await createExchangeFile(editor(), {
        integrationId: planned,
        content: { kind: 'sample', of: kind },
      });
      expect(file).toMatchObject({
        state: 'draft',
        errors: 0,
        error: expect.stringContaining('made up') as unknown,
      });
      expect((await refusalOf(sendExchangeFile(editor(), { id: file.id }))).code).toBe('conflict');
    }
  });

  it('refuses kinds that the partner does not take, and partners with an API', async () => {
    const integrationId = await plan();
    expect((await refusalOf(enrollment(integrationId))).errors?.[0]?.pointer).toBe('/content/kind');
    const { rows } = await test.app.pool.query<{ id: string }>(
      `INSERT INTO integrations (id, organization_id, provider, name, auth_type, created_at, updated_at)
       VALUES ($1, $2, 'slack', 'Slack', 'oauth2', now(), now()) RETURNING id`,
      [test.app.newId(), organization.id],
    );
    expect((await refusalOf(enrollment(rows[0]?.id ?? ''))).code).toBe('conflict');
  });

  it('refuses whoever may not write, and anybody of another organization', async () => {
    const integrationId = await carrier();
    await expectRefusals(test, organization, createOperation, (ctx) =>
      createExchangeFile(ctx, { integrationId, content: { kind: 'sample', of: 'enrollment' } }),
    );
    const other = await test.createOrganization();
    const stranger = test.as('system_admin', other);
    const refusal = await refusalOf(
      createExchangeFile(stranger, { integrationId, content: { kind: 'sample', of: 'enrollment' } }),
    );
    expect(refusal.code).toBe('not_found');
  });
});

describe('sendExchangeFile', () => {
  it('puts the file into the folder of the partner, once', async () => {
    const integrationId = await carrier();
    const file = await enrollment(integrationId);
    expect(await sendExchangeFile(editor(), { id: file.id })).toMatchObject({ state: 'sent', error: null });
    const content = partner.files().get(`${folders.to}/${file.name}`);
    expect(content?.toString()).toBe(await contentOf(file.id));
    expect((await refusalOf(sendExchangeFile(editor(), { id: file.id }))).message).toContain('sent already');
    expect(await audited()).toEqual([
      'exchange_file.created',
      'exchange_file.sent',
      'exchange_file.downloaded',
    ]);
  });

  it('says in words why it did not work, keeps the file, and sends it when asked again', async () => {
    const integrationId = await carrier();
    const file = await enrollment(integrationId);
    await partner.setCondition('readOnly');
    const refusal = await refusalOf(sendExchangeFile(editor(), { id: file.id }));
    expect(refusal).toMatchObject({ code: 'connection_failed' });
    expect(refusal.message).toContain('The folder may not be used');
    const { data } = await listExchangeFiles(editor(), { integrationId, limit: 10 });
    expect(data[0]).toMatchObject({ state: 'ready', error: expect.stringContaining('folder') as unknown });
    await partner.setCondition('healthy');
    expect(await sendExchangeFile(editor(), { id: file.id })).toMatchObject({ state: 'sent', error: null });
  });

  it('refuses a server with another host key than the expected one', async () => {
    const file = await enrollment(await carrier());
    await partner.setCondition('changedHostKey');
    expect((await refusalOf(sendExchangeFile(editor(), { id: file.id }))).message).toContain(
      'The server is not the expected one',
    );
    expect(partner.files().has(`${folders.to}/${file.name}`)).toBe(false);
  });

  it('counts a file as sent that is there already, and writes over none', async () => {
    const integrationId = await carrier();
    const [first, second] = [await enrollment(integrationId), await enrollment(integrationId)];
    partner.put(`${folders.to}/${first.name}`, await contentOf(first.id));
    expect(await sendExchangeFile(editor(), { id: first.id })).toMatchObject({ state: 'sent' });
    // Of the same size, so that only the content tells.
    const strange = 'x'.repeat(second.bytes);
    partner.put(`${folders.to}/${second.name}`, strange);
    expect((await refusalOf(sendExchangeFile(editor(), { id: second.id }))).code).toBe('connection_failed');
    expect(partner.files().get(`${folders.to}/${second.name}`)?.toString()).toBe(strange);
  });

  it('lets one at a time send a file', async () => {
    const file = await enrollment(await carrier());
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => sendExchangeFile(editor(), { id: file.id })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    // The others were stopped here, not by the partner's server.
    const codes = results.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as AppError).code] : [],
    );
    expect(codes).toEqual(['conflict', 'conflict', 'conflict']);
    expect([...partner.files().keys()].filter((path) => path.startsWith(folders.to))).toEqual([
      `${folders.to}/${file.name}`,
    ]);
  });

  it('sends nothing in the open to a partner who wants it encrypted', async () => {
    const integrationId = await carrier({
      values: { pgpPublicKey: '-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n-----END PGP PUBLIC KEY BLOCK-----' },
    });
    const file = await enrollment(integrationId);
    expect((await refusalOf(sendExchangeFile(editor(), { id: file.id }))).message).toContain('PGP');
    expect(partner.files().has(`${folders.to}/${file.name}`)).toBe(false);
  });

  it('notes that a person has brought a file where no server is known', async () => {
    const integrationId = await plan();
    const rows = [{ planNumber: '1', employeeNumber: 'E1', lastName: 'Doe', firstName: 'Ada' }];
    const file = await createExchangeFile(editor(), { integrationId, content: { kind: 'census', rows } });
    expect(await sendExchangeFile(editor(), { id: file.id })).toMatchObject({ state: 'sent' });
  });

  it('sends nothing through an integration that is switched off', async () => {
    const integrationId = await carrier();
    const file = await enrollment(integrationId);
    await updateIntegration(editor(), { id: integrationId, enabled: false });
    expect((await refusalOf(sendExchangeFile(editor(), { id: file.id }))).code).toBe('integration_disabled');
  });

  it('refuses whoever may not write', async () => {
    const file = await enrollment(await carrier());
    await expectRefusals(test, organization, sendOperation, (ctx) => sendExchangeFile(ctx, { id: file.id }));
  });
});

describe('what comes back', () => {
  async function sent(integrationId: string): Promise<ExchangeFile> {
    const file = await enrollment(integrationId);
    return await sendExchangeFile(editor(), { id: file.id });
  }
  const stateOf = async (integrationId: string, id: string) =>
    (await listExchangeFiles(editor(), { integrationId, limit: 100 })).data.find((one) => one.id === id);

  it('is fetched once, and acknowledgements change the files that they answer', async () => {
    const integrationId = await carrier();
    const file = await sent(integrationId);
    const name = `${organization.id}.999`;
    partner.put(`${folders.from}/${name}`, taken(file.controlNumber ?? 0));
    partner.put(`${folders.from}/${organization.id}.txt`, 'Load report: all well');
    const { data, skipped, more } = await fetchExchangeFiles(editor(), { integrationId });
    expect([skipped, more]).toEqual([0, false]);
    const mine = data.filter((one) => one.name.startsWith(organization.id));
    expect(mine.map(({ name, kind, state, answersId }) => [name, kind, state, answersId])).toEqual([
      [name, 'acknowledgement', 'received', file.id],
      [`${organization.id}.txt`, 'other', 'received', null],
    ]);
    expect(await stateOf(integrationId, file.id)).toMatchObject({
      state: 'acknowledged',
      outcome: 'accepted',
      answerId: mine[0]?.id,
    });
    expect((await fetchExchangeFiles(editor(), { integrationId })).data).toEqual([]);
    // A file that has changed at the partner is a new one.
    partner.put(`${folders.from}/${organization.id}.txt`, 'Load report: all well but one');
    expect((await fetchExchangeFiles(editor(), { integrationId })).data).toHaveLength(1);
  });

  it('does not take for new what went there, when both folders are one', async () => {
    const integrationId = await carrier({ settings: { inboxFolder: folders.to } });
    await fetchExchangeFiles(editor(), { integrationId });
    await sent(integrationId);
    expect((await fetchExchangeFiles(editor(), { integrationId })).data).toEqual([]);
  });

  it('rejects a file with the errors in words, by the member', async () => {
    const integrationId = await carrier();
    const file = await sent(integrationId);
    const text = await contentOf(file.id);
    const segments = text.split('~');
    const begin = segments.findIndex((one) => one.startsWith('ST*'));
    const second = segments.findIndex(
      (one, index) => one.startsWith('NM1*') && index > segments.findIndex((s) => s.startsWith('INS*N')),
    );
    const content = answer({
      group: {
        controlNumber: file.controlNumber ?? 0,
        code: 'R',
        transactions: [
          {
            controlNumber: '0001',
            code: 'R',
            errors: ['5'],
            segments: [
              {
                segment: 'NM1',
                position: second - begin + 1,
                loop: '2100',
                code: '8',
                elements: [{ element: 3, code: '6', copy: 'Ashgrove' }],
              },
            ],
          },
        ],
      },
    });
    const upload = await uploadExchangeFile(editor(), {
      integrationId,
      name: 'answer.999',
      direction: 'incoming',
      kind: 'other',
      content: Buffer.from(content).toString('base64'),
    });
    expect(upload).toMatchObject({ kind: 'acknowledgement', outcome: 'rejected', answersId: file.id });
    expect(await stateOf(integrationId, file.id)).toMatchObject({ state: 'rejected', outcome: 'rejected' });
    const found = await validateExchangeFile(editor(), { id: upload.id });
    expect(found.findings.map(({ code, element, member }) => [code, element, member])).toEqual([
      ['transaction_5', null, null],
      ['element_6', 'NM103', 2],
    ]);
    expect(JSON.stringify(found)).not.toContain('Ashgrove');
  });

  it('waits on after a TA1 that takes the envelope, and ends with one that does not', async () => {
    const integrationId = await carrier();
    const file = await sent(integrationId);
    const ta1 = (code: 'A' | 'R', note: string) =>
      uploadExchangeFile(editor(), {
        integrationId,
        name: 'answer.ta1',
        direction: 'incoming',
        kind: 'other',
        content: Buffer.from(
          answer({
            interchange: { controlNumber: file.controlNumber ?? 0, createdAt: test.time.now, code, note },
          }),
        ).toString('base64'),
      });
    await ta1('A', '000');
    expect(await stateOf(integrationId, file.id)).toMatchObject({ state: 'sent', outcome: 'accepted' });
    await ta1('R', '025');
    expect(await stateOf(integrationId, file.id)).toMatchObject({ state: 'rejected' });
  });

  it('answers no file of another integration or organization', async () => {
    const file = await sent(await carrier());
    const other = await test.createOrganization();
    const mine = organization;
    organization = other;
    const foreign = await carrier();
    const upload = await uploadExchangeFile(editor(), {
      integrationId: foreign,
      name: 'answer.999',
      direction: 'incoming',
      kind: 'other',
      content: Buffer.from(taken(file.controlNumber ?? 0)).toString('base64'),
    });
    expect(upload.answersId).toBeNull();
    organization = mine;
    expect(await stateOf(file.integrationId, file.id)).toMatchObject({ state: 'sent' });
  });

  it('cannot be fetched where a person carries the files', async () => {
    expect((await refusalOf(fetchExchangeFiles(editor(), { integrationId: await plan() }))).code).toBe(
      'conflict',
    );
  });
});

describe('uploadExchangeFile', () => {
  const upload = (integrationId: string, content: string, change: object = {}) =>
    uploadExchangeFile(editor(), {
      integrationId,
      name: 'own.834',
      direction: 'outgoing',
      kind: 'enrollment',
      content: Buffer.from(content).toString('base64'),
      ...change,
    }) as Promise<ExchangeFile>;

  it('checks a file of the organization’s own, which is sent only without errors', async () => {
    const integrationId = await carrier();
    const text = await contentOf((await enrollment(integrationId, { controlNumber: 7 })).id);
    expect(await upload(integrationId, text)).toMatchObject({
      state: 'draft',
      controlNumber: 7,
      error: expect.stringContaining('used before') as unknown,
    });
    const next = text.replace('*000000007*', '*000000008*').replace('~IEA*1*000000007', '~IEA*1*000000008');
    expect(await upload(integrationId, next)).toMatchObject({ state: 'ready', controlNumber: 8, test: true });
    const broken = await upload(integrationId, next.replace('*000000008*', '*000000009*'));
    expect(broken).toMatchObject({ state: 'draft', errors: 1 });
    const { findings } = await validateExchangeFile(editor(), { id: broken.id });
    expect(findings.map(({ code }) => code)).toContain('control_number_differs');
    expect((await refusalOf(sendExchangeFile(editor(), { id: broken.id }))).code).toBe('conflict');
  });

  it.each(['A', '====', 'QQ=', 'QR=='])('refuses %j, which is no base64', async (content) => {
    const integrationId = await carrier();
    expect((await refusalOf(upload(integrationId, '', { content }))).code).toBe('invalid_input');
  });
});

describe('downloadExchangeFile and eraseExchangeFile', () => {
  it('gives content to those who may write only, and audits every time', async () => {
    const file = await enrollment(await carrier());
    await expectRefusals(test, organization, downloadOperation, (ctx) =>
      downloadExchangeFile(ctx, { id: file.id }),
    );
    expect(await downloadExchangeFile(editor(), { id: file.id })).toMatchObject({
      name: file.name,
      contentType: 'application/edi-x12',
    });
    expect(await audited()).toEqual(['exchange_file.created', 'exchange_file.downloaded']);
  });

  it('erases the content, keeps the line and never gives its number again', async () => {
    const integrationId = await carrier();
    const file = await enrollment(integrationId);
    await eraseExchangeFile(editor(), { id: file.id });
    const { rows } = await test.app.pool.query<object>(
      'SELECT content_box AS box FROM exchange_files WHERE id = $1',
      [file.id],
    );
    expect(rows).toEqual([{ box: null }]);
    const { data } = await listExchangeFiles(editor(), { integrationId, limit: 10 });
    expect(data).toMatchObject([{ id: file.id, erased: true }]);
    expect((await refusalOf(downloadExchangeFile(editor(), { id: file.id }))).code).toBe('conflict');
    expect((await refusalOf(sendExchangeFile(editor(), { id: file.id }))).code).toBe('conflict');
    expect(await enrollment(integrationId)).toMatchObject({ controlNumber: 2 });
  });
});

describe('layouts', () => {
  it('are ours until somebody changes one, and again when that is taken back', async () => {
    const integrationId = await plan();
    const before = await listExchangeLayouts(editor(), { integrationId });
    expect(before.data.map(({ kind, own }) => [kind, own])).toEqual([
      ['contributions', false],
      ['census', false],
    ]);
    const layout = { ...contributionsLayout, delimiter: ';' as const };
    expect(await saveExchangeLayout(editor(), { integrationId, kind: 'census', layout })).toMatchObject({
      own: true,
      layout: { delimiter: ';' },
    });
    expect(await saveExchangeLayout(editor(), { integrationId, kind: 'census', layout: null })).toMatchObject(
      {
        own: false,
        layout: { delimiter: ',' },
      },
    );
    expect(await audited()).toEqual(['exchange_layout.saved', 'exchange_layout.saved']);
  });

  it('are refused when they cannot be written', async () => {
    const integrationId = await plan();
    const layout = { ...contributionsLayout, columns: [{ field: 'salary', header: 'Salary' }] };
    const refusal = await refusalOf(saveExchangeLayout(editor(), { integrationId, kind: 'census', layout }));
    expect(refusal.errors?.[0]?.pointer).toBe('/layout');
    expect(
      (await refusalOf(saveExchangeLayout(editor(), { integrationId, kind: 'payroll', layout: null }))).code,
    ).toBe('invalid_input');
  });
});

describe('listExchangeFiles', () => {
  it('pages through the files of one integration, newest first, and says what can be written', async () => {
    const integrationId = await carrier();
    for (let count = 0; count < 3; count += 1) await enrollment(integrationId);
    const first = await listExchangeFiles(test.as('viewer', organization), { integrationId, limit: 2 });
    expect(first).toMatchObject({ kinds: ['enrollment'], transport: 'sftp' });
    expect(first.data.map(({ controlNumber }) => controlNumber)).toEqual([3, 2]);
    const second = await listExchangeFiles(editor(), {
      integrationId,
      limit: 2,
      cursor: first.nextCursor ?? undefined,
    });
    expect(second.data.map(({ controlNumber }) => controlNumber)).toEqual([1]);
    expect(second.nextCursor).toBeNull();
    const incoming = await listExchangeFiles(editor(), { integrationId, limit: 10, direction: 'incoming' });
    expect(incoming.data).toEqual([]);
  });

  it('gives nothing but what its schema names', async () => {
    const integrationId = await carrier();
    await enrollment(integrationId);
    const page = (await callOperation(listOperation, editor(), { integrationId })) as { data: object[] };
    expect(Object.keys(page.data[0] ?? {})).not.toContain('content');
  });
});

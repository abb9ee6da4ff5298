import { atsImport, largestTable } from '@trunkline/contract/capabilities/ats';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largestUnpacked } from '../../lib/files/tables/read-xlsx.ts';
import { startAdapterWorld } from '../../testing/adapter-world.ts';
import type { AdapterWorld } from '../../testing/adapter-world.ts';

let world: AdapterWorld;
beforeAll(async () => {
  world = await startAdapterWorld();
});
afterAll(() => world.close());

async function imported(slug: string, input: object) {
  const { result, problem } = await world.ask(slug, 'ats.import', input);
  expect(problem).toBe(null);
  return atsImport.output.parse(result);
}

describe.each(['greenhouse', 'lever'])('%s', (slug) => {
  it('gives candidates page by page, everyone once', async () => {
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof imported>> = await imported(slug, {
        limit: 2,
        ...(cursor !== null && { cursor }),
      });
      names.push(...page.candidates.map(({ firstName, lastName }) => `${firstName}|${lastName}`));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const expected = {
      greenhouse: ['Ada|Example', 'Grace|Example', 'Katherine|Example'],
      lever: ['Ada|Example', 'Grace B.|Example', '|Katherine'],
    };
    expect(names).toEqual(expected[slug as 'lever']);
  });

  it('gives only what has changed since', async () => {
    const { candidates } = await imported(slug, { updatedSince: '2026-11-11T10:00:00+02:00' });
    expect(candidates.map(({ updatedAt }) => updatedAt)).toEqual([
      '2026-11-11T08:00:00.000Z',
      '2026-11-12T08:00:00.000Z',
    ]);
  });

  it('gives jobs, with their states', async () => {
    const { jobs, candidates } = await imported(slug, { what: 'jobs' });
    expect([candidates, jobs]).toMatchObject([
      [],
      [{ state: 'open', location: 'Austin, TX' }, { state: 'closed' }],
    ]);
  });

  it('reads a file without asking anybody, and refuses a cursor of another list', async () => {
    const { candidates } = await imported(slug, { file: csv('email\nada@example.com') });
    expect(candidates).toHaveLength(1);
    const { problem } = await world.ask(slug, 'ats.import', { cursor: '%' });
    expect(problem?.fault).toBe('badInput');
  });
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const csv = (text: string) => ({ name: 'candidates.csv', content: base64(Buffer.from(text)) });
const fromFile = (file: object, more: object = {}) => imported('local-storage', { file, ...more });

describe('a CSV file', () => {
  it('is read with the headings and separators of the world', async () => {
    const text = '\uFEFFNachname;Vorname;E-Mail;Telefon\r\nDöe;"Jane; J.";jane@example.com;+49 30 1234\r\n';
    const { candidates, problems } = await fromFile(csv(text.replace('E-Mail', 'Mail')));
    expect(problems).toEqual([]);
    expect(candidates).toMatchObject([
      { firstName: 'Jane; J.', lastName: 'Döe', email: 'jane@example.com', phone: '+49 30 1234' },
    ]);
  });

  it('of Excel in an old encoding is read too, and says the same id for the same address', async () => {
    const latin = Buffer.from('Name,Email\nJosé Núñez,JOSE@example.com', 'latin1');
    const first = await fromFile({ name: 'a.csv', content: base64(latin) });
    expect(first.candidates).toMatchObject([{ firstName: 'José', lastName: 'Núñez' }]);
    const again = await fromFile(csv('email\njose@example.com'));
    expect(again.candidates[0]?.candidateId).toBe(first.candidates[0]?.candidateId);
  });

  it('leaves out what is no person, and what a spreadsheet would run', async () => {
    const rows = ['Name,Email', 'Ada,ada@', '=1+1,a@example.com', ',', 'Bo,bo@example.com,x', ',@sum'];
    const { candidates, problems } = await fromFile(csv(rows.join('\n')));
    expect(candidates.map(({ email }) => email)).toEqual(['bo@example.com']);
    expect(problems.map(({ row }) => row)).toEqual([2, 3, 6]);
    expect(JSON.stringify(problems)).not.toContain('ada@');
  });

  it('may name its columns', async () => {
    const file = {
      ...csv('who,where\nAda Example,ada@example.com'),
      columns: { name: 'who', email: 'where' },
    };
    expect((await fromFile(file)).candidates).toMatchObject([{ lastName: 'Example' }]);
    const wrong = { ...file, columns: { email: 'nowhere' } };
    const { problem } = await world.ask('local-storage', 'ats.import', { file: wrong });
    expect([problem?.fault, problem?.cause]).toEqual([
      'badInput',
      expect.stringContaining('named for email'),
    ]);
  });

  it('holds jobs as well', async () => {
    const { jobs } = await fromFile(csv('Job title,Status,City\nNurse,Live,Austin\nClerk,Filled,'), {
      what: 'jobs',
    });
    expect(jobs).toMatchObject([
      { title: 'Nurse', state: 'open', location: 'Austin' },
      { title: 'Clerk', state: 'closed', location: null },
    ]);
  });

  it.each([
    ['an open quotation mark', 'email\n"ada'],
    ['no text', 'email\n\0'],
    ['unknown headings', 'a,b\n1,2'],
    ['too many rows', `email\n${'a@example.com\n'.repeat(2_001)}`],
  ])('is refused with %s', async (_, text) => {
    const { problem } = await world.ask('local-storage', 'ats.import', { file: csv(text) });
    expect(problem?.fault).toBe('badInput');
  });

  it('has to come', async () => {
    expect((await world.ask('local-storage', 'ats.import', {})).problem?.fault).toBe('badInput');
  });
});

const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const head = '<?xml version="1.0" encoding="UTF-8"?>';

/** A workbook as Excel writes it, with these rows of XML in its sheet. */
function workbook(rows: string, more: Record<string, string> = {}) {
  const parts: Record<string, string> = {
    '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${relations}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><cellXfs><xf numFmtId="0"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${head}<sst xmlns="${main}"><si><t>Email</t></si><si><t>ada@example.com</t></si><si><t>Phone</t></si></sst>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${main}"><dimension ref="A1:B9"/><sheetData>${rows}</sheetData></worksheet>`,
    ...more,
  };
  const zipped = zipSync(
    Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])),
  );
  return { name: 'people.XLSX', content: base64(zipped) };
}

const people =
  '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>2</v></c></row>' +
  '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"><v>4155550100</v></c></row>';

describe('a workbook', () => {
  const problemOf = async (file: object) =>
    (await world.ask('local-storage', 'ats.import', { file })).problem;

  it('is read, its numbers too', async () => {
    const { candidates } = await fromFile(workbook(people));
    expect(candidates).toMatchObject([{ email: 'ada@example.com', phone: '4155550100' }]);
  });

  it('with a formula is refused, and it is said where', async () => {
    const row = '<row r="3"><c r="A3" t="str"><f>HYPERLINK("x")</f><v>x</v></c></row>';
    const problem = await problemOf(workbook(people + row));
    expect([problem?.fault, problem?.cause]).toEqual(['badInput', expect.stringContaining('Cell A3')]);
  });

  it('that unpacks into far more than it is, is refused before it is unpacked', async () => {
    const bomb = ' '.repeat(largestUnpacked + 1);
    const file = workbook(people, { 'xl/worksheets/sheet2.xml': bomb });
    expect(file.content.length).toBeLessThan(largestTable / 50);
    expect((await problemOf(file))?.cause).toContain('too large');
  });

  it('that lies about its size is not read', async () => {
    const { content } = workbook(people, { 'xl/worksheets/sheet2.xml': 'x'.repeat(1_000_000) });
    const bytes = Buffer.from(content, 'base64');
    // In the directory of the archive, the size stands 24 bytes behind its beginning.
    const mark = Buffer.from([0x50, 0x4b, 1, 2]);
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1))
      bytes.writeUInt32LE(10, at + 24);
    expect((await problemOf({ name: 'a.xlsx', content: base64(bytes) }))?.fault).toBe('badInput');
  });

  it.each([
    ['no archive', base64(Buffer.from('no archive at all'))],
    [
      'too many parts',
      workbook(people, Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`x${n}`, '']))).content,
    ],
    [
      'a document type',
      workbook(people, { 'xl/sharedStrings.xml': '<!DOCTYPE x [<!ENTITY a "b">]><sst/>' }).content,
    ],
    ['no sheet', base64(zipSync({ 'a.xml': strToU8('<a/>') }))],
  ])('is refused with %s', async (_, content) => {
    expect((await problemOf({ name: 'a.xlsx', content }))?.fault).toBe('badInput');
  });
});

import type { ExchangeKind, LayoutKind, createExchangeFile } from '@trunkline/contract/exchange';
import type { ContributionRow, CsvLayout, EnrollmentMember, PayrollRow } from '@trunkline/contract/files';
import type { z } from 'zod';
import type { Connection } from '../../connections/connection.ts';
import { readContributions401k, writeContributions401k } from '../../lib/files/contributions.ts';
import { readEnrollmentRows } from '../../lib/files/enrollment-rows.ts';
import { enrollmentLayout } from '../../lib/files/layouts.ts';
import { readPayroll, writePayroll } from '../../lib/files/payroll.ts';
import { sampleContributions, sampleMembers, samplePayroll } from '../../lib/files/sample.ts';
import { writeEnrollment834 } from '../../lib/files/x12/write-834.ts';
import { fieldError } from '../../errors.ts';
import { refuseFindings, refusing } from './input-errors.ts';
import { fileName, sampleLine } from './rules.ts';

type Content = z.output<typeof createExchangeFile.input>['content'];
type EnrollmentInput = Extract<Content, { kind: 'enrollment' }>;
type TableInput = Extract<Content, { kind: LayoutKind }>;

/** A file as it was written. */
export interface Written {
  kind: ExchangeKind;
  name: string;
  content: Buffer;
  layout: CsvLayout | null;
  controlNumber: number | null;
  test: boolean | null;
  /** Why it must not be sent although nothing is wrong with it. */
  error: string | null;
}

/** What is known of the partner and of the moment. */
export interface WriteSetting {
  connection: Connection;
  now: number;
  controlNumber: number;
  /** The layout of the kind, where it has one. */
  layout: CsvLayout | null;
}

/**
 * Writes what was asked for.
 *
 * @throws AppError `invalid_input`
 */
export function writeContent(content: Content, setting: WriteSetting): Written {
  if (content.kind === 'enrollment') return writeEnrollment(content, membersOf(content), setting);
  if (content.kind === 'sample') return writeSample(content.of, setting);
  return writeTableFile(content.kind, rowsOf(content, setting), setting);
}

function writeSample(
  kind: Exclude<ExchangeKind, 'acknowledgement' | 'other'>,
  setting: WriteSetting,
): Written {
  const { connection, now } = setting;
  if (kind !== 'enrollment') {
    const rows = kind === 'payroll' ? samplePayroll(now) : sampleContributions(now);
    const written = writeTableFile(kind, rows, setting);
    // Nothing in a CSV file says that it is a test.
    return {
      ...written,
      name: `sample_${written.name}`,
      error: 'The people in it are made up: it is for looking at.',
    };
  }
  const members = sampleMembers(now, sampleLine(connection.provider));
  const written = writeEnrollment(
    {
      kind: 'enrollment',
      sponsor: { name: 'Maple Example Works', taxId: '000000001' },
      payer: { name: 'Example Carrier', taxId: '000000002' },
      content: 'full',
      purpose: 'original',
      totals: true,
      characterSet: 'extended',
      accents: 'refuse',
    },
    members,
    setting,
    true,
  );
  return { ...written, name: `sample_${written.name}` };
}

function membersOf({ members, table }: EnrollmentInput): readonly EnrollmentMember[] {
  if (members !== undefined && table === undefined) return members;
  if (table === undefined || members !== undefined) throw either('members');
  const read = readEnrollmentRows(Buffer.from(table), enrollmentLayout);
  refuseFindings(read.findings);
  return read.members;
}

function either(other: 'members' | 'rows') {
  return fieldError('invalid_input', '/content', `Send either ${other} or a table.`);
}

function writeEnrollment(
  input: EnrollmentInput,
  members: readonly EnrollmentMember[],
  { connection, now, controlNumber }: WriteSetting,
  test = connection.settings['testMode'] !== false,
): Written {
  const { values, settings } = connection;
  const group = values['groupNumber'];
  const date = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  const { sponsor, payer, broker, purpose, totals } = input;
  const text = refusing('/content/members', () =>
    writeEnrollment834(
      {
        sender: { qualifier: 'ZZ', id: values['isaSenderId'] ?? '' },
        receiver: { qualifier: 'ZZ', id: values['isaReceiverId'] ?? '' },
        controlNumber,
        reference: `${date}-${controlNumber}`,
        createdAt: new Date(now - (now % 60_000)).toISOString(),
        test,
        purpose,
        totals,
        content: input.content ?? (settings['fileContent'] === 'changes' ? 'changes' : 'full'),
        sponsor,
        payer,
        broker,
        effectiveDate: input.effectiveDate,
        masterPolicyNumber: input.masterPolicyNumber,
        groupNumber: group,
        members,
      },
      {
        characterSet: input.characterSet,
        accents: input.accents,
        ...(input.delimiters && { delimiters: input.delimiters }),
      },
    ),
  );
  return {
    kind: 'enrollment',
    name: fileName([group ?? '', date, String(controlNumber)], '834'),
    content: Buffer.from(text, 'latin1'),
    layout: null,
    controlNumber,
    test,
    error: null,
  };
}

function rowsOf(
  content: TableInput,
  setting: WriteSetting,
): readonly ContributionRow[] | readonly PayrollRow[] {
  const { rows, table } = content;
  if (rows !== undefined && table === undefined) return rows;
  if (table === undefined || rows !== undefined) throw either('rows');
  // The table of a person has headings and is plain text, whatever the partner wants of the file.
  const layout: CsvLayout = { ...layoutOf(setting), header: true, encoding: 'utf-8' };
  const read = (content.kind === 'payroll' ? readPayroll : readContributions401k)(Buffer.from(table), layout);
  refuseFindings(read.findings);
  return read.rows;
}

function layoutOf({ layout }: WriteSetting): CsvLayout {
  if (layout === null) throw new RangeError('A table is written without a layout');
  return layout;
}

function writeTableFile(kind: LayoutKind, rows: readonly unknown[], setting: WriteSetting): Written {
  const layout = layoutOf(setting);
  const write = kind === 'payroll' ? writePayroll : writeContributions401k;
  const date = new Date(setting.now).toISOString().slice(0, 10).replaceAll('-', '');
  const plan = setting.connection.values['planNumber'] ?? setting.connection.values['planId'] ?? '';
  return {
    kind,
    name: fileName([plan, kind, date, String(setting.controlNumber)], 'csv'),
    content: refusing('/content/rows', () => write(rows, layout)),
    layout,
    controlNumber: null,
    test: null,
    error: null,
  };
}

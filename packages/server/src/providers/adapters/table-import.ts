import { createHash } from 'node:crypto';
import { mostTableRows } from '@trunkline/contract/capabilities/ats';
import type { CapabilityInput, CapabilityOutput } from '@trunkline/contract/capabilities';
import { readCsv } from '../../lib/files/tables/read-csv.ts';
import { readXlsx } from '../../lib/files/tables/read-xlsx.ts';
import { TableError } from '../../lib/files/tables/table-error.ts';
import type { Adapting } from './adapter.ts';

type Input = CapabilityInput<'ats.import'>;
type Output = CapabilityOutput<'ats.import'>;
type Row = Readonly<Record<string, string>>;
type Found<Item> = Item | { problem: string };

/** Headings that stand for a field, in small letters and without anything else. */
const usual: Record<Input['what'], Record<string, readonly string[]>> = {
  candidates: {
    candidateId: ['id', 'candidateid', 'externalid', 'applicantid'],
    firstName: ['firstname', 'givenname', 'first', 'vorname', 'prenom'],
    lastName: ['lastname', 'surname', 'familyname', 'last', 'nachname', 'nom'],
    name: ['name', 'fullname', 'candidate', 'candidatename', 'applicant'],
    email: ['email', 'emailaddress', 'mail', 'emailaddresses'],
    phone: ['phone', 'phonenumber', 'mobile', 'telephone', 'cell', 'telefon'],
    title: ['title', 'jobtitle', 'headline', 'position', 'currenttitle'],
    company: ['company', 'employer', 'organization', 'currentcompany'],
  },
  jobs: {
    jobId: ['id', 'jobid', 'requisition', 'requisitionid', 'externalid'],
    title: ['title', 'jobtitle', 'name', 'position', 'job'],
    state: ['state', 'status'],
    location: ['location', 'city', 'office', 'place'],
    department: ['department', 'team'],
    url: ['url', 'link', 'address'],
  },
};

const states: Record<string, Output['jobs'][number]['state']> = {
  open: 'open',
  published: 'open',
  live: 'open',
  active: 'open',
  closed: 'closed',
  filled: 'closed',
  archived: 'closed',
  draft: 'draft',
};

const bare = (heading: string): string =>
  heading
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');

const email = /^[^@\s<>,]+@[^@\s<>,.]+(\.[^@\s<>,.]+)+$/;
const longestCell = 1_000;

/** What a spreadsheet would run. A telephone number may begin with a plus. */
const formula = /^(=|@|\t|[+-](?![\d\s(]))/;

/** Which column holds which field. */
function columnsOf(headings: readonly string[], input: Input): Map<string, number> {
  const { columns = {} } = input.file ?? {};
  const found = new Map<string, number>();
  for (const [field, names] of Object.entries(usual[input.what])) {
    const wanted = columns[field];
    const at =
      wanted === undefined
        ? headings.findIndex((heading) => names.includes(bare(heading)))
        : headings.findIndex((heading) => heading.trim() === wanted.trim());
    if (wanted !== undefined && at < 0)
      throw new TableError(`No column has the heading that is named for ${field}.`);
    if (at >= 0) found.set(field, at);
  }
  if (found.size === 0) throw new TableError('No heading of the first row is known. Name them in `columns`.');
  return found;
}

const made = (text: string): string => `file-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

/** The last word is the last name. */
export function splitName(name: string): { firstName: string; lastName: string } {
  const words = name.trim().split(/\s+/);
  const lastName = words.pop() ?? '';
  return { firstName: words.join(' '), lastName };
}

function candidateOf(row: Row): Found<Output['candidates'][number]> {
  const whole = splitName(row['name'] ?? '');
  const firstName = row['firstName'] || whole.firstName;
  const lastName = row['lastName'] || whole.lastName;
  const address = orNull(row['email']);
  if (address !== null && !email.test(address)) return { problem: 'The email address is not one.' };
  if (address === null && lastName === '')
    return { problem: 'There is neither a name nor an email address.' };
  const identity = address?.toLowerCase() ?? JSON.stringify([firstName, lastName, row['phone'] ?? '']);
  return {
    candidateId: row['candidateId'] || made(identity),
    firstName,
    lastName,
    email: address,
    phone: orNull(row['phone']),
    title: orNull(row['title']),
    company: orNull(row['company']),
    updatedAt: null,
  };
}

function jobOf(row: Row): Found<Output['jobs'][number]> {
  const title = row['title'] ?? '';
  if (title === '') return { problem: 'There is no title.' };
  return {
    jobId: row['jobId'] || made(JSON.stringify([title, row['location'] ?? ''])),
    title,
    state: states[bare(row['state'] ?? '')] ?? 'unknown',
    location: orNull(row['location']),
    department: orNull(row['department']),
    url: orNull(row['url']),
    updatedAt: null,
  };
}

async function rowsOf(file: NonNullable<Input['file']>): Promise<string[][]> {
  const bytes = Buffer.from(file.content, 'base64');
  const rows = /\.xlsx$/i.test(file.name) ? await readXlsx(bytes) : readCsv(bytes, mostTableRows);
  if (rows.length > mostTableRows + 1) throw new TableError(`A file has at most ${mostTableRows} rows.`);
  return rows;
}

async function read(input: Input, file: NonNullable<Input['file']>): Promise<Output> {
  const [headings = [], ...rows] = await rowsOf(file);
  const columns = columnsOf(headings, input);
  const output: Output = { candidates: [], jobs: [], nextCursor: null, problems: [] };
  for (const [index, cells] of rows.entries()) {
    const row = Object.fromEntries([...columns].map(([field, at]) => [field, (cells[at] ?? '').trim()]));
    const texts = Object.values(row);
    if (texts.every((text) => text === '')) continue;
    const report = (message: string): void => void output.problems.push({ row: index + 2, message });
    if (texts.some((text) => formula.test(text))) report('A cell begins as a formula does.');
    else if (texts.some((text) => text.length > longestCell))
      report(`A cell has more than ${longestCell} characters.`);
    else if (input.what === 'jobs') {
      const job = jobOf(row);
      if ('problem' in job) report(job.problem);
      else output.jobs.push(job);
    } else {
      const candidate = candidateOf(row);
      if ('problem' in candidate) report(candidate.problem);
      else output.candidates.push(candidate);
    }
  }
  return output;
}

/**
 * Reads the candidates or jobs of a CSV or Excel file that came with the call; null when none came.
 *
 * @throws what the provider's rules make of a file that cannot be read
 */
export async function importedTable(input: Input, io: Pick<Adapting, 'failure'>): Promise<Output | null> {
  if (input.file === undefined) return null;
  try {
    return await read(input, input.file);
  } catch (error) {
    if (error instanceof TableError) throw io.failure(error.message, 400);
    throw error;
  }
}

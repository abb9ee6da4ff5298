import type { ApiUsage } from '@trunkline/contract/usage';
import Pdf from 'pdfkit';
import { readReportFonts } from './report-fonts.ts';

const margin = 48;
const ink = '#1b1f24';
const faint = '#67707b';
const line = '#d9dde2';
const colours = { succeeded: '#2f9e63', clientErrors: '#d9822b', serverErrors: '#d64545' };
const chartHeight = 110;
const rowHeight = 18;

type Document = InstanceType<typeof Pdf>;

interface Table {
  title: string;
  columns: { header: string; width: number; end?: boolean }[];
  rows: string[][];
  empty: string;
}

type Printable = (text: string) => string;

/** A summary of the usage on A4, with the glyphs that it uses in the file. */
export async function usagePdf(organization: string, usage: ApiUsage, now: Date): Promise<Buffer> {
  const { regular, bold, printable } = await readReportFonts();
  const document = new Pdf({
    size: 'A4',
    margin,
    // Not one of the standard fonts, which nothing here is written in.
    font: '',
    info: { Title: `API usage of ${organization}`, CreationDate: now },
  });
  document.registerFont('regular', regular).registerFont('bold', bold);
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    document.on('end', resolve);
    document.on('error', reject);
  });
  head(document, printable(organization), usage, now);
  chart(document, usage);
  table(document, endpointTable(usage), printable);
  table(document, keyTable(usage), printable);
  limits(document, usage);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

function head(document: Document, organization: string, usage: ApiUsage, now: Date): void {
  const { totals, latency } = usage;
  document.fillColor(ink).font('bold').fontSize(20).text('API usage');
  document.font('regular').fontSize(10).fillColor(faint);
  document.text(`${organization} · ${moment(usage.since)} to ${moment(usage.until)} UTC`);
  document.text(`Made on ${moment(now.toISOString())} UTC`).moveDown(1);
  document.fillColor(ink).fontSize(11);
  const facts = [
    `Requests: ${number(totals.requests)}`,
    `Success (2xx): ${number(totals.succeeded)} (${totals.succeededPercent} %)`,
    `Client errors (4xx): ${number(totals.clientErrors)} (${totals.clientErrorsPercent} %), of these over a limit: ${number(totals.throttled)}`,
    `Server errors (5xx): ${number(totals.serverErrors)} (${totals.serverErrorsPercent} %)`,
    `Duration: p50 ${duration(latency.p50Ms)}, p95 ${duration(latency.p95Ms)}`,
    `Last call: ${usage.lastCallAt === null ? 'never' : `${moment(usage.lastCallAt)} UTC`}`,
  ];
  for (const fact of facts) document.text(fact);
  document.moveDown(1);
}

function chart(document: Document, { series }: ApiUsage): void {
  const width = document.page.width - 2 * margin;
  const top = document.y;
  const most = Math.max(1, ...series.map(({ requests }) => requests));
  const step = width / Math.max(1, series.length);
  series.forEach((bucket, index) => {
    let bottom = top + chartHeight;
    for (const part of ['succeeded', 'clientErrors', 'serverErrors'] as const) {
      const height = (bucket[part] / most) * chartHeight;
      if (height === 0) continue;
      bottom -= height;
      document.rect(margin + index * step, bottom, Math.max(step - 1, 0.5), height).fill(colours[part]);
    }
  });
  document
    .moveTo(margin, top + chartHeight)
    .lineTo(margin + width, top + chartHeight)
    .stroke(line);
  document.y = top + chartHeight + 6;
  const first = series[0];
  document.fillColor(faint).fontSize(8);
  document.text(
    `From ${first ? moment(first.at) : ''}; highest bar: ${number(most)} requests`,
    margin,
    document.y,
  );
  document.moveDown(1.5);
}

function endpointTable({ endpoints }: ApiUsage): Table {
  return {
    title: 'Top endpoints',
    columns: [
      { header: 'Endpoint', width: 270 },
      { header: 'Requests', width: 65, end: true },
      { header: '4xx', width: 50, end: true },
      { header: '5xx', width: 50, end: true },
      { header: 'p95', width: 60, end: true },
    ],
    rows: endpoints.map((row) => [
      row.endpoint,
      number(row.requests),
      number(row.clientErrors),
      number(row.serverErrors),
      duration(row.latency.p95Ms),
    ]),
    empty: 'No requests in this range.',
  };
}

function keyTable({ keys }: ApiUsage): Table {
  return {
    title: 'Keys',
    columns: [
      { header: 'Key', width: 270 },
      { header: 'Requests', width: 65, end: true },
      { header: '4xx', width: 50, end: true },
      { header: '5xx', width: 50, end: true },
    ],
    rows: keys.map((key) => [
      key.name,
      number(key.requests),
      number(key.clientErrors),
      number(key.serverErrors),
    ]),
    empty: 'No key was used.',
  };
}

function limits(document: Document, usage: ApiUsage): void {
  heading(document, 'Limits');
  document.font('regular').fontSize(9).fillColor(ink);
  const own = usage.limits?.keys[0];
  const text =
    usage.limits === null
      ? 'Requests are not limited.'
      : `A key: ${own ? `${number(own.minute.limit)} a minute, ${number(own.hour.limit)} an hour. ` : ''}The organization: ${number(usage.limits.organization.limit)} an hour; ${number(usage.limits.organization.used)} in the running hour.`;
  document.text(text, margin);
}

function heading(document: Document, title: string): void {
  if (document.y > document.page.height - margin - 4 * rowHeight) document.addPage();
  document.moveDown(0.5).font('bold').fontSize(12).fillColor(ink).text(title, margin).moveDown(0.3);
}

function table(document: Document, { title, columns, rows, empty }: Table, printable: Printable): void {
  heading(document, title);
  document.fontSize(9);
  if (rows.length === 0) {
    document.font('regular').fillColor(faint).text(empty, margin);
    return;
  }
  const write = (cells: readonly string[], font: string, colour: string) => {
    if (document.y > document.page.height - margin - rowHeight) document.addPage();
    const y = document.y;
    let x = margin;
    document.font(font).fillColor(colour);
    columns.forEach(({ width, end }, index) => {
      document.text(printable(cells[index] ?? ''), x, y, {
        width: width - 6,
        height: rowHeight - 4,
        align: end ? 'right' : 'left',
        lineBreak: false,
        ellipsis: true,
      });
      x += width;
    });
    document.y = y + rowHeight - 4;
  };
  write(
    columns.map(({ header }) => header),
    'bold',
    faint,
  );
  for (const row of rows) write(row, 'regular', ink);
}

const number = (value: number) => value.toLocaleString('en-GB');
const duration = (ms: number | null) => (ms === null ? '–' : `${ms} ms`);
const moment = (text: string) => text.slice(0, 16).replace('T', ' ');

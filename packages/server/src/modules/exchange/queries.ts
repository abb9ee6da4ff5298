import type { ExchangeDirection, ExchangeFile, ExchangeKind, LayoutKind } from '@trunkline/contract/exchange';
import type { AcknowledgementOutcome, CsvLayout } from '@trunkline/contract/files';
import { authOf } from '../../connections/connection-type.ts';
import { providerOf } from '../../connections/provider-of.ts';
import type { App, Tx } from '../../ctx.ts';
import { AppError, notFound } from '../../errors.ts';
import type { Provider } from '../../providers/provider.ts';
import { contentPlace } from './content-place.ts';

interface FileRow extends Omit<
  ExchangeFile,
  'createdAt' | 'sentAt' | 'answeredAt' | 'bytes' | 'controlNumber'
> {
  bytes: string;
  controlNumber: string | null;
  createdAt: Date;
  sentAt: Date | null;
  answeredAt: Date | null;
}

const columns = `id, integration_id AS "integrationId", name, kind, direction, state, bytes, sha256,
  control_number AS "controlNumber", test, errors, warnings, outcome, answer_id AS "answerId",
  answers_id AS "answersId", error, content_box IS NULL AS erased, created_at AS "createdAt", created_by AS "createdBy", sent_at AS "sentAt",
  answered_at AS "answeredAt"`;

function present(row: FileRow): ExchangeFile {
  return {
    ...row,
    bytes: Number(row.bytes),
    controlNumber: row.controlNumber === null ? null : Number(row.controlNumber),
    createdAt: row.createdAt.toISOString(),
    sentAt: row.sentAt?.toISOString() ?? null,
    answeredAt: row.answeredAt?.toISOString() ?? null,
  };
}

/** Who files are exchanged with. */
export interface Partner {
  integrationId: string;
  name: string;
  provider: Provider;
  transport: 'sftp' | 'manual';
}

/** @throws AppError `not_found` */
export async function readPartner(tx: Tx, integrationId: string): Promise<Partner> {
  const [row] = await tx.query<{ name: string; provider: string; authType: string }>(
    `SELECT name, provider, auth_type AS "authType" FROM integrations
     WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL`,
    [integrationId],
  );
  if (!row) throw notFound('integration');
  const provider = await providerOf(tx, row.provider);
  const transport = authOf(provider, row.authType)?.type === 'sftp' ? 'sftp' : 'manual';
  return { integrationId, name: row.name, provider, transport };
}

export async function listFiles(
  tx: Tx,
  filter: { integrationId: string; direction: ExchangeDirection | undefined; before: string | undefined },
  limit: number,
): Promise<ExchangeFile[]> {
  const rows = await tx.query<FileRow>(
    `SELECT ${columns} FROM exchange_files
     WHERE organization_id = current_organization() AND integration_id = $1
       AND ($2::text IS NULL OR direction = $2) AND ($3::uuid IS NULL OR id < $3)
     ORDER BY id DESC LIMIT $4`,
    [filter.integrationId, filter.direction ?? null, filter.before ?? null, limit],
  );
  return rows.map(present);
}

/** @throws AppError `not_found` */
export async function readFile(tx: Tx, id: string, lock = false): Promise<ExchangeFile> {
  const [row] = await tx.query<FileRow>(
    `SELECT ${columns} FROM exchange_files WHERE organization_id = current_organization() AND id = $1
     ${lock ? 'FOR UPDATE' : ''}`,
    [id],
  );
  if (!row) throw notFound('file');
  return present(row);
}

export interface StoredContent {
  file: ExchangeFile;
  content: Buffer;
  layout: CsvLayout | null;
}

/** A file with its content. @throws AppError `not_found`, `conflict` when it was erased */
export async function readContent(app: Pick<App, 'secretBox'>, tx: Tx, id: string): Promise<StoredContent> {
  const file = await readFile(tx, id);
  const [row] = await tx.query<{ box: Buffer | null; layout: CsvLayout | null }>(
    `SELECT content_box AS box, layout FROM exchange_files
     WHERE organization_id = current_organization() AND id = $1`,
    [id],
  );
  if (!row?.box) throw new AppError('conflict', 'The content of this file was erased.');
  const content = app.secretBox.open(row.box, contentPlace(tx.organizationId, id));
  return { file, content: Buffer.from(content, 'base64'), layout: row.layout };
}

export interface NewFile {
  id: string;
  integrationId: string;
  name: string;
  kind: ExchangeKind;
  direction: ExchangeDirection;
  state: ExchangeFile['state'];
  content: Buffer;
  sha256: string;
  layout: CsvLayout | null;
  controlNumber: number | null;
  test: boolean | null;
  errors: number;
  warnings: number;
  outcome: AcknowledgementOutcome | null;
  error: string | null;
  remoteKey: string | null;
  createdAt: Date;
  createdBy: string;
}

/** Stores a file. False: it was fetched from the partner before. */
export async function insertFile(app: Pick<App, 'secretBox'>, tx: Tx, file: NewFile): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO exchange_files (id, organization_id, integration_id, name, kind, direction, state, content_box, bytes,
       sha256, layout, control_number, test, errors, warnings, outcome, error, remote_key, created_at, created_by)
     VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     ON CONFLICT (integration_id, remote_key) DO NOTHING RETURNING id`,
    [
      file.id,
      file.integrationId,
      file.name,
      file.kind,
      file.direction,
      file.state,
      app.secretBox.seal(file.content.toString('base64'), contentPlace(tx.organizationId, file.id)),
      file.content.length,
      file.sha256,
      file.layout === null ? null : JSON.stringify(file.layout),
      file.controlNumber,
      file.test,
      file.errors,
      file.warnings,
      file.outcome,
      file.error,
      file.remoteKey,
      file.createdAt,
      file.createdBy,
    ],
  );
  return rows.length > 0;
}

/**
 * The control number after the last one of the organization. Whoever asks holds the numbers until the transaction
 * ends, so that no two files get the same.
 */
export async function nextControlNumber(tx: Tx): Promise<number> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`exchange ${tx.organizationId}`]);
  const [row] = await tx.query<{ last: string | null }>(
    `SELECT max(control_number) AS last FROM exchange_files
     WHERE organization_id = current_organization() AND direction = 'outgoing'`,
  );
  return Number(row?.last ?? 0) + 1;
}

/** The newest file with one of these control numbers that was sent to the partner. */
export async function findAnswered(
  tx: Tx,
  integrationId: string,
  controlNumbers: readonly number[],
): Promise<ExchangeFile | null> {
  const [row] = await tx.query<FileRow>(
    `SELECT ${columns} FROM exchange_files
     WHERE organization_id = current_organization() AND integration_id = $1 AND direction = 'outgoing'
       AND kind = 'enrollment' AND state IN ('sent', 'acknowledged', 'rejected') AND control_number = ANY($2)
     ORDER BY id DESC LIMIT 1 FOR UPDATE`,
    [integrationId, controlNumbers],
  );
  return row ? present(row) : null;
}

/** The names of files that went to the partner, and the keys of those that came from it. */
export async function knownFiles(
  tx: Tx,
  integrationId: string,
): Promise<{ sent: ReadonlySet<string>; fetched: ReadonlySet<string> }> {
  const rows = await tx.query<{ name: string; key: string | null; outgoing: boolean }>(
    `SELECT name, remote_key AS key, direction = 'outgoing' AS outgoing FROM exchange_files
     WHERE organization_id = current_organization() AND integration_id = $1`,
    [integrationId],
  );
  return {
    sent: new Set(rows.flatMap(({ name, outgoing }) => (outgoing ? [name] : []))),
    fetched: new Set(rows.flatMap(({ key }) => (key === null ? [] : [key]))),
  };
}

/** The layout that the organization has given to a kind of files; null when it has given none. */
export async function readLayout(tx: Tx, integrationId: string, kind: LayoutKind): Promise<CsvLayout | null> {
  const [row] = await tx.query<{ layout: CsvLayout }>(
    `SELECT layout FROM exchange_layouts
     WHERE organization_id = current_organization() AND integration_id = $1 AND kind = $2`,
    [integrationId, kind],
  );
  return row?.layout ?? null;
}

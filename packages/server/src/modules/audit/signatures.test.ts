import { createPublicKey, randomBytes, verify as verifySignature } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inOrganization } from '../../db/tenant.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { chainHash } from '../../lib/hash-chain.ts';
import { parseMasterKey } from '../../lib/secret-box.ts';
import { createSigner } from '../../lib/signer.ts';
import { tamperWith } from '../../testing/tamper.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { AuditKeeper } from '../../workers/audit-keeper.ts';
import { exportAudit } from './export-audit.ts';
import { getAuditSettings } from './get-audit-settings.ts';
import { readChain } from './queries.ts';
import { recordAudit } from './record-audit.ts';
import { signAnew } from './sign-chain.ts';
import { checkpointFrom } from './signed-places.ts';
import { updateAuditSettings } from './update-audit-settings.ts';
import { verifyAudit } from './verify-audit.ts';
import { verifyChain } from './verify-chain.ts';

const dayMs = 86_400_000;
let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

const verify = (organization: TestOrganization) => verifyAudit(test.as('viewer', organization), {});
const keep = () => new AuditKeeper(test.app).run();

async function write(organization: TestOrganization, count: number): Promise<void> {
  const ctx = test.as('utility_admin', organization);
  await inOrganization(ctx, async (tx) => {
    for (let i = 0; i < count; i += 1) {
      await recordAudit(ctx, tx, {
        action: 'webhook.updated',
        target: { type: 'webhook', id: `webhook-${i}`, name: null },
      });
    }
  });
}

async function withRecords(count: number): Promise<TestOrganization> {
  const organization = await test.createOrganization();
  await write(organization, count - 3);
  return organization;
}

/** Rewrites the chain from a record on, with hashes that fit and the head to go with them; all but the signature. */
async function recompute(organization: TestOrganization, from: number): Promise<void> {
  const records = await inOrganization(test.as('viewer', organization), (tx) => readChain(tx, 0, 10_000));
  let previous: Buffer | null = null;
  const statements: [string, unknown[]][] = [];
  for (const { hash, ...fields } of records) {
    const actorName = fields.sequence >= from ? 'Somebody else' : fields.actorName;
    previous = fields.sequence < from ? hash : chainHash(previous, { ...fields, actorName });
    statements.push([
      'UPDATE audit_log SET actor_name = $3, hash = $4 WHERE organization_id = $1 AND sequence = $2',
      [organization.id, fields.sequence, actorName, previous],
    ]);
  }
  statements.push([
    'UPDATE audit_heads SET hash = $2 WHERE organization_id = $1',
    [organization.id, previous],
  ]);
  await tamperWith(test, ...statements);
}

describe('what only the holder of the key can do', () => {
  it('a chain computed anew is noticed, from the last signed record on', async () => {
    const organization = await withRecords(120);
    expect(await verify(organization)).toMatchObject({ ok: true, checked: 120, checkpoints: 2 });
    await recompute(organization, 110);
    expect(await verify(organization)).toMatchObject({ ok: false, brokenAt: 101 });
    await recompute(organization, 50);
    expect(await verify(organization)).toMatchObject({
      ok: false,
      brokenAt: 100,
      reason: expect.stringContaining('was written anew') as string,
    });
    await tamperWith(test, ['DELETE FROM audit_checkpoints WHERE organization_id = $1', [organization.id]]);
    expect(await verify(organization)).toMatchObject({ ok: false, brokenAt: 1 });
  });

  it('an end that was cut off is noticed, though the head goes with it', async () => {
    const organization = await withRecords(130);
    const cutAt = async (sequence: number) => {
      await tamperWith(
        test,
        ['DELETE FROM audit_log WHERE organization_id = $1 AND sequence > $2', [organization.id, sequence]],
        [
          `UPDATE audit_heads h SET sequence = l.sequence, hash = l.hash FROM audit_log l
           WHERE h.organization_id = $1 AND l.organization_id = $1 AND l.sequence = $2`,
          [organization.id, sequence],
        ],
      );
    };
    await cutAt(120);
    expect(await verify(organization)).toMatchObject({ ok: false, checked: 120, brokenAt: 101 });
    await cutAt(90);
    expect(await verify(organization)).toMatchObject({
      ok: false,
      brokenAt: 91,
      reason: 'The log ends with record 90, but 100 were written.',
    });
  });

  it('what follows a forgery is not signed, and does not heal it', async () => {
    const organization = await withRecords(20);
    await recompute(organization, 10);
    await write(organization, 200);
    await keep();
    expect(await verify(organization)).toMatchObject({
      ok: false,
      checked: 220,
      brokenAt: 2,
      checkpoints: 1,
    });
  });

  it('a log that was emptied and begun anew is noticed', async () => {
    const organization = await withRecords(20);
    await tamperWith(
      test,
      ['DELETE FROM audit_log WHERE organization_id = $1', [organization.id]],
      ['DELETE FROM audit_heads WHERE organization_id = $1', [organization.id]],
      ['DELETE FROM audit_checkpoints WHERE organization_id = $1', [organization.id]],
    );
    await write(organization, 5);
    expect(await verify(organization)).toMatchObject({
      ok: false,
      brokenAt: 1,
      reason: expect.stringContaining('does not begin') as string,
    });
  });

  it('a checkpoint that somebody else signed is noticed', async () => {
    const organization = await withRecords(110);
    const other = createSigner({ current: parseMasterKey(randomBytes(32).toString('hex')) }, 'tests');
    await test.database.pool.query(
      'UPDATE audit_checkpoints SET signature = $2, key_id = $3 WHERE organization_id = $1',
      [organization.id, other.sign('anything'), test.app.signer.keyId],
    );
    expect(await verify(organization)).toMatchObject({ ok: false, brokenAt: 1 });
  });

  it('a process without the key writes nothing rather than to end the signatures', async () => {
    const organization = await withRecords(5);
    const signer = createSigner({ current: parseMasterKey(randomBytes(32).toString('hex')) }, 'tests');
    const ctx = { ...test.as('utility_admin', organization), app: { ...test.app, signer } };
    const writing = inOrganization(ctx, (tx) =>
      recordAudit(ctx, tx, { action: 'webhook.updated', target: { type: 'webhook', id: null, name: null } }),
    );
    await expect(writing).rejects.toThrow('does not have');
    expect(await verify(organization)).toMatchObject({ ok: true, checked: 5 });
  });
});

describe('an export', () => {
  async function exported(organization: TestOrganization, format: 'csv' | 'ndjson', action?: string) {
    const ctx = test.as('viewer', organization);
    const { pieces } = await exportAudit(ctx, { format, ...(action === undefined ? {} : { action }) });
    let text = '';
    for await (const piece of pieces) text += piece;
    return text;
  }

  it('has every record that matches and a checkpoint that anybody can check, and is audited', async () => {
    const organization = await withRecords(700);
    const lines = (await exported(organization, 'ndjson', 'webhook')).trimEnd().split('\n');
    expect(lines).toHaveLength(698);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ sequence: 700, action: 'webhook.updated' });
    const { checkpoint, publicKey } = JSON.parse(lines.at(-1) ?? '') as {
      checkpoint: Record<string, unknown>;
      publicKey: string;
    };
    const { signature, keyId, ...signed } = checkpoint;
    expect(signed).toMatchObject({ kind: 'checkpoint', sequence: 701, organizationId: organization.id });
    expect(keyId).toBe(test.app.signer.keyId);
    const text = canonicalJson({ about: 'trunkline audit log', ...signed });
    const bytes = Buffer.from(String(signature), 'base64');
    expect(verifySignature(null, Buffer.from(text), createPublicKey(publicKey), bytes)).toBe(true);

    const csv = (await exported(organization, 'csv')).trimEnd().split('\r\n');
    expect(csv).toHaveLength(1 + 701 + 1);
    expect(csv[1]).toContain(',audit.exported,user,');
    const cells = csv.map((line) => line.replaceAll(/"[^"]*(""[^"]*)*"/g, '').split(',').length);
    expect(new Set(cells).size).toBe(1);
    expect(csv.at(-1)).toMatch(/^702,.*,checkpoint,/);
  });

  it('kept elsewhere, shows that a log was taken back to an earlier state', async () => {
    const organization = await withRecords(30);
    const early = await test.database.pool.query('SELECT * FROM audit_heads WHERE organization_id = $1', [
      organization.id,
    ]);
    await write(organization, 10);
    const line = (await exported(organization, 'ndjson')).trimEnd().split('\n').at(-1) ?? '';
    const kept = checkpointFrom(
      (JSON.parse(line) as { checkpoint: Parameters<typeof checkpointFrom>[0] }).checkpoint,
    );
    const { sequence, hash, key_id: keyId, signature } = early.rows[0] as Record<string, unknown>;
    await tamperWith(
      test,
      ['DELETE FROM audit_log WHERE organization_id = $1 AND sequence > $2', [organization.id, sequence]],
      ['DELETE FROM audit_checkpoints WHERE organization_id = $1', [organization.id]],
      [
        'UPDATE audit_heads SET sequence = $2, hash = $3, key_id = $4, signature = $5 WHERE organization_id = $1',
        [organization.id, sequence, hash, keyId, signature],
      ],
    );
    // The state was genuine once: the database alone cannot tell.
    expect(await verify(organization)).toMatchObject({ ok: true, checked: 30 });
    const report = await inOrganization(test.as('viewer', organization), (tx) =>
      verifyChain(test.app.signer, tx, [kept]),
    );
    expect(report).toMatchObject({ ok: false, brokenAt: 31 });
  });
});

describe('retention', () => {
  it('removes what is old and leaves a signed cut, from which the rest can be checked', async () => {
    const organization = await withRecords(2_450);
    const admin = test.as('system_admin', organization);
    await updateAuditSettings(admin, { retentionDays: 90 });
    test.time.advance(89 * dayMs);
    await write(organization, 3);
    await keep();
    expect(await verify(organization)).toMatchObject({ ok: true, removed: 0, checked: 2_454 });
    test.time.advance(2 * dayMs);
    await keep();
    const report = await verify(organization);
    expect(report).toMatchObject({ ok: true, removed: 2_451, checked: 3 + 2 });
    const { rows } = await test.database.pool.query<{ first: number; count: number }>(
      'SELECT min(sequence) AS first, count(*) AS count FROM audit_log WHERE organization_id = $1',
      [organization.id],
    );
    expect(rows).toEqual([{ first: 2_452, count: 5 }]);
    const settings = await getAuditSettings(test.as('viewer', organization), {});
    expect(settings).toMatchObject({ retentionDays: 90, removed: 2_451 });
    expect(settings.publicKey).toContain('BEGIN PUBLIC KEY');

    await tamperWith(test, [
      'DELETE FROM audit_log WHERE organization_id = $1 AND sequence = 2452',
      [organization.id],
    ]);
    expect(await verify(organization)).toMatchObject({ ok: false, brokenAt: 2_452 });
    await tamperWith(test, [
      `DELETE FROM audit_checkpoints WHERE organization_id = $1 AND kind = 'cut'`,
      [organization.id],
    ]);
    expect(await verify(organization)).toMatchObject({ ok: false, brokenAt: 1 });
  });

  it('keeps old records that do not fit together', async () => {
    const organization = await withRecords(10);
    await updateAuditSettings(test.as('system_admin', organization), { retentionDays: 90 });
    await tamperWith(test, [
      `UPDATE audit_log SET actor_name = 'x' WHERE organization_id = $1 AND sequence = 4`,
      [organization.id],
    ]);
    test.time.advance(100 * dayMs);
    await keep();
    expect(await verify(organization)).toMatchObject({ ok: false, brokenAt: 4, removed: 0 });
  });
});

describe('the keeper', () => {
  it('writes a checkpoint a day where there is something new', async () => {
    const organization = await withRecords(5);
    const count = async () => (await verify(organization)).checkpoints;
    await keep();
    expect(await count()).toBe(1);
    test.time.advance(dayMs);
    await keep();
    expect(await count()).toBe(2);
    await write(organization, 5);
    await keep();
    expect(await count()).toBe(2);
    test.time.advance(dayMs);
    await keep();
    await keep();
    expect(await count()).toBe(3);
    test.time.advance(dayMs);
    await keep();
    expect(await count()).toBe(3);
  });

  it('begins to sign a log from before signatures, and says so', async () => {
    const organization = await withRecords(12);
    await tamperWith(
      test,
      [
        'UPDATE audit_heads SET signature = NULL, key_id = NULL WHERE organization_id = $1',
        [organization.id],
      ],
      ['DELETE FROM audit_checkpoints WHERE organization_id = $1', [organization.id]],
    );
    expect(await verify(organization)).toMatchObject({ ok: false });
    await keep();
    expect(await verify(organization)).toMatchObject({ ok: true, checked: 13, signedSince: 13 });
  });
});

it('a change of the master key signs anew what was signed, and nothing else', async () => {
  const [genuine, forged] = [await withRecords(120), await withRecords(120)];
  await recompute(forged, 60);
  const key = parseMasterKey(randomBytes(32).toString('hex'));
  const next = createSigner({ current: key }, 'tests');
  const both = {
    ...next,
    knows: (id: string) => next.knows(id) || test.app.signer.knows(id),
    isSigned: (...args: Parameters<typeof next.isSigned>) =>
      next.isSigned(...args) || test.app.signer.isSigned(...args),
  };
  expect(await signAnew({ ...test.app, signer: both })).toBeGreaterThanOrEqual(2);
  const check = (organization: TestOrganization) =>
    inOrganization(test.as('viewer', organization), (tx) => verifyChain(next, tx));
  expect(await check(genuine)).toMatchObject({ ok: true, checked: 120, checkpoints: 2 });
  expect(await check(forged)).toMatchObject({ ok: false, brokenAt: 100 });
});

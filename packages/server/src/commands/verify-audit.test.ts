import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSecretBox, parseMasterKey } from '../lib/secret-box.ts';
import { createSigner } from '../lib/signer.ts';
import { exportAudit } from '../modules/audit/export-audit.ts';
import { startTypeScript } from '../testing/child.ts';
import { tamperWith } from '../testing/tamper.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';

const secretKey = randomBytes(32).toString('hex');
let test: TestApp;
let here: TestOrganization;
let there: TestOrganization;
let folder: string;

beforeAll(async () => {
  const current = parseMasterKey(secretKey);
  test = await createTestApp({
    secretBox: createSecretBox({ current }),
    signer: createSigner({ current }, 'trunkline audit log'),
  });
  [here, there] = [await test.createOrganization('Here'), await test.createOrganization('There')];
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await test.close();
});

/** What the command prints for each log, and how it ends. */
async function run(
  lines: number,
  ...args: string[]
): Promise<{ code: number | null; said: string[]; error: string }> {
  const child = startTypeScript(new URL('../main.ts', import.meta.url), ['audit', 'verify', ...args], {
    ...test.database.env,
    TRUNKLINE_SECRET_KEY: secretKey,
    TRUNKLINE_LOG_LEVEL: 'error',
  });
  const said: string[] = [];
  for (let n = 0; n < lines; n += 1) said.push(await child.nextLine());
  const { code, errorOutput } = await child.ended;
  return { code, said, error: errorOutput };
}

it('ends with 0 for logs that are whole, and says so for each', { timeout: 60_000 }, async () => {
  const { code, said } = await run(2);
  expect(code).toBe(0);
  expect(said.map((line) => line.slice(0, 7)).sort()).toEqual(['✓ Here ', '✓ There']);
});

it('ends with 1 and names the first record that does not fit', { timeout: 60_000 }, async () => {
  const { pieces } = await exportAudit(test.as('viewer', there), { format: 'ndjson' });
  let kept = '';
  for await (const piece of pieces) kept += piece;
  const file = join(folder, 'kept.ndjson');
  await writeFile(file, kept);
  expect((await run(2, '--checkpoints', file)).code).toBe(0);
  await tamperWith(test, [
    `UPDATE audit_log SET actor_name = 'x' WHERE organization_id = $1 AND sequence = 2`,
    [here.id],
  ]);
  const one = await run(1, '--organization', here.id);
  expect([one.code, one.said[0]]).toEqual([
    1,
    expect.stringContaining('breaks at record 2. Record 2 does not fit'),
  ]);
  const other = await run(1, '--organization', there.id);
  expect([other.code, other.said[0]?.startsWith('✓')]).toEqual([0, true]);
  const nobody = await run(0, '--organization', test.app.newId());
  expect([nobody.code, nobody.error]).toEqual([1, expect.stringContaining('there is no organization')]);
});

import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { App } from '../ctx.ts';
import type { Connection } from './connection.ts';
import { problemOf } from './steps.ts';
import type { CheckRun } from './steps.ts';

/** The folder of an organization for files on this server; what people enter is a path inside of it. */
export function localFolder(app: Pick<App, 'config'>, connection: Connection): string {
  const inside = (connection.values['folder'] ?? '')
    .split('/')
    .filter((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part));
  return join(app.config.dataDir, 'files', connection.organizationId, ...inside);
}

/** Looks whether the folder can be read and written. It is made when it is not there. */
export async function checkLocal(
  app: Pick<App, 'config'>,
  run: CheckRun,
  connection: Connection,
): Promise<CheckProblem | null> {
  const label = 'Read and write the folder';
  try {
    const folder = localFolder(app, connection);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    await access(folder, constants.R_OK | constants.W_OK);
    run.add('folder', label, 'ok', 'It is there and may be read and written.');
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const problem = problemOf(connection.provider, { status: null, text: code, mayHaveArrived: false });
    run.add('folder', label, 'failed', `The server says ${code}.`);
    return problem;
  }
}

import type { CheckProblem } from '@trunkline/contract/checks';
import type { App } from '../ctx.ts';
import type { Connection } from './connection.ts';
import { problemOf } from './steps.ts';
import type { CheckRun } from './steps.ts';

/** Looks whether the domain of the inbound address takes mail: its MX records (RFC 5321, section 5). */
export async function checkMailDomain(
  app: Pick<App, 'resolveMx'>,
  run: CheckRun,
  connection: Connection,
): Promise<CheckProblem | null> {
  const domain = (connection.values['inboundAddress'] ?? '').split('@')[1] ?? '';
  const label = `Look up the mail servers of ${domain}`;
  try {
    const servers = await app.resolveMx(domain);
    if (servers.length === 0) throw Object.assign(new Error(), { code: 'ENODATA' });
    run.add('dns', label, 'ok', `Mail goes to ${servers.slice(0, 3).join(', ')}.`);
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    run.failedWith({ code: 'dns', status: null });
    run.add('dns', label, 'failed', `The name server says ${code}.`);
    return problemOf(connection.provider, { status: null, text: code, mayHaveArrived: false });
  }
}

import type { CheckProblem, CheckReport } from '@trunkline/contract/checks';
import type { App } from '../ctx.ts';
import type { StepObserver } from '../lib/check-log.ts';
import { checkMailDomain } from './check-dns.ts';
import { checkFiles } from './check-files.ts';
import { checkHttp } from './check-http.ts';
import { checkLocal } from './check-local.ts';
import { checkMail } from './check-mail.ts';
import { checkValues } from './check-values.ts';
import { ConnectionFault } from './connection-fault.ts';
import type { Connection } from './connection.ts';
import type { TokenValues } from './provider-request.ts';
import { CheckRun } from './steps.ts';

/** Gives a valid access token; `refused` is one that the provider has just not accepted. */
export type TokenSource = (refused?: string) => Promise<TokenValues>;

export interface CheckOptions {
  /** For connections by OAuth. */
  token?: TokenSource;
  /** Also sends a test email there, where the connection sends email. */
  sendTo?: string;
  /** Told of every step as it goes by. */
  observe?: StepObserver;
}

/**
 * Checks for real whether a connection works, step by step (CONN-6). Nothing is changed at the provider, except that a
 * test email is sent when asked for. The report names no secret.
 */
export async function checkConnection(
  app: App,
  connection: Connection,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const run = new CheckRun(app.clock, options.observe);
  const problem = checkValues(run, connection) ?? (await checkByKind(app, run, connection, options));
  return run.report(problem);
}

async function checkByKind(
  app: App,
  run: CheckRun,
  connection: Connection,
  options: CheckOptions,
): Promise<CheckProblem | null> {
  const { health } = connection.provider;
  switch (connection.auth.type) {
    case 'manual':
      return formOnly(run, 'Files are carried by hand, so that there is nothing to call.');
    case 'local':
      return checkLocal(app, run, connection);
    case 'inbound':
      return health.kind === 'dns'
        ? checkMailDomain(app, run, connection)
        : formOnly(run, `${connection.provider.name} only sends to here, so that there is nothing to call.`);
    case 'smtp':
      return checkMail(app, run, connection, options.sendTo);
    case 'sftp':
      return checkFiles(app, run, connection);
    default:
      break;
  }
  let token: TokenValues | null = null;
  if (connection.auth.type === 'oauth2') {
    const got = await takeToken(run, connection, options.token);
    if ('fault' in got) return got;
    token = got;
  }
  if (health.kind !== 'http') {
    return health.kind === 'token' ? null : formOnly(run, health.why);
  }
  const first = await checkHttp(app, run, connection, health, token);
  if (first.status !== 401 || token === null || options.token === undefined) return first.problem;
  // The provider ended the token before its time: a new one decides.
  const renewed = await takeToken(run, connection, () => options.token!(token.accessToken));
  if ('fault' in renewed) return renewed;
  return (await checkHttp(app, run, connection, health, renewed)).problem;
}

async function takeToken(
  run: CheckRun,
  { provider }: Connection,
  source: TokenSource | undefined,
): Promise<TokenValues | CheckProblem> {
  const label = 'Access token';
  if (source === undefined) {
    run.add('token', label, 'skipped', 'There is none before somebody has given consent.');
    return {
      fault: 'reauth',
      title: 'Not connected yet',
      cause: `Nobody has given consent at ${provider.name}.`,
      fix: 'Connect it.',
      link: null,
    };
  }
  try {
    const token = await source();
    run.add('token', label, 'ok', 'It is valid.');
    return token;
  } catch (error) {
    if (!(error instanceof ConnectionFault)) throw error;
    run.add('token', label, 'failed', error.message);
    return error.problem;
  }
}

function formOnly(run: CheckRun, detail: string): null {
  run.add('call', 'Call', 'skipped', detail);
  return null;
}

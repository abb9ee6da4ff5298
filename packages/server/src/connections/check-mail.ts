import type { CheckProblem } from '@trunkline/contract/checks';
import type { App } from '../ctx.ts';
import { checkMailServer } from '../lib/mail/check-mail-server.ts';
import type { MailServer } from '../lib/mail/mail-server.ts';
import { notAllowed } from './check-http.ts';
import type { Connection } from './connection.ts';
import { problemOf } from './steps.ts';
import type { CheckRun } from './steps.ts';

/** The mail server that an SMTP connection leads to. Port 465 is TLS, 25 goes without, every other one STARTTLS. */
export function mailServerOf(app: Pick<App, 'reroute'>, { provider, values }: Connection): MailServer {
  const port = Number(values['port'] ?? 587);
  const security = port === 465 ? 'tls' : port === 25 ? 'none' : 'starttls';
  const scheme = security === 'tls' ? 'smtps' : 'smtp';
  const url = new URL(app.reroute(provider.slug, `${scheme}://${values['host'] ?? ''}:${port}`));
  return {
    host: url.hostname,
    port: Number(url.port),
    security,
    username: values['username'] ?? null,
    password: values['password'] ?? null,
  };
}

/** Checks a mail server step by step with its own replies; a message is sent only when somebody is named. */
export async function checkMail(
  app: Pick<App, 'dialer' | 'reroute' | 'config'>,
  run: CheckRun,
  connection: Connection,
  sendTo: string | undefined,
): Promise<CheckProblem | null> {
  const { values, provider } = connection;
  const { brand } = app.config;
  const result = await checkMailServer(
    {
      ...mailServerOf(app, connection),
      from: { name: values['fromName'] ?? '', address: values['fromEmail'] ?? '' },
      ...(sendTo !== undefined && { sendTo: { name: '', address: sendTo } }),
      testMessage: {
        subject: `Test message of ${brand}`,
        text: `The connection “${connection.name}” works: this message was sent through it.`,
      },
    },
    { dialer: app.dialer, ...(run.observe && { observe: run.observe }) },
  );
  run.addAll(result.steps);
  const { failure } = result;
  if (failure === null) return null;
  run.failedWith(failure);
  if (failure.code === 'blocked') return notAllowed(failure.message);
  return problemOf(provider, { status: null, text: failure.text, mayHaveArrived: false });
}

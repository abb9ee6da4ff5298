import { startReceiver } from '@trunkline/sandbox/receiver';
import type { Receiver } from '@trunkline/sandbox/receiver';
import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { startServers } from '@trunkline/sandbox/servers';
import type { SftpSimulator } from '@trunkline/sandbox/sftp';
import type { SmtpSimulator } from '@trunkline/sandbox/smtp';
import { allProviders, findProvider } from '../../providers/all-providers.ts';
import type { StartOptions } from '../../start-app.ts';
import { sandboxDefinitions } from '../sandbox-definitions.ts';

/** The one file server of all partners, as the demo's connections know it. */
export const fileServer = { host: 'sftp.partners.example', user: 'intime' };

/** Everything outside of the product, on loopback: providers, mail server, file server, and a receiver of webhooks. */
export interface Outside {
  receiver: Receiver;
  sandbox: Sandbox;
  mail: SmtpSimulator;
  files: SftpSimulator;
  /** What the product is told about it. */
  options: StartOptions;
  /** The app of the demo at each provider by OAuth, as an operator sets it. */
  apps: Record<string, Record<string, string>>;
  /** Entries for the allow list of outgoing connections. */
  allowed: string[];
  close(): Promise<void>;
}

/** Starts the outside world of the demo. Its ports differ from start to start. */
export async function startOutside(receiverPort: number): Promise<Outside> {
  const sandbox = await startSandbox({ providers: sandboxDefinitions() });
  const receiver = await startReceiver({ port: receiverPort });
  const servers = await startServers(sandbox);
  const { mail, files } = servers;
  const ports = [
    receiver.port,
    Number(new URL(sandbox.url).port),
    ...Object.values(mail.ports),
    files.ports.sftp,
  ];
  return {
    receiver,
    sandbox,
    mail,
    files,
    options: {
      reroute: sandbox.reroute,
      ca: mail.ca,
      resolveMx: () => Promise.resolve(['mxa.mailgun.example', 'mxb.mailgun.example']),
    },
    apps: oauthAppsOf(sandbox),
    allowed: ports.map((port) => `127.0.0.1/32:${port}`),
    close: async () => {
      await Promise.all([sandbox.close(), servers.close(), receiver.close()]);
    },
  };
}

/** The app of the sandbox at each provider by OAuth. */
export function oauthAppsOf(sandbox: Sandbox): Record<string, Record<string, string>> {
  return Object.fromEntries(
    allProviders
      .filter(({ auth }) => auth.some(({ type }) => type === 'oauth2'))
      .map(({ slug }) => [slug, appOf(sandbox, slug)]),
  );
}

/** What one enters once for the app: the client of the sandbox, and the account's values for the rest. */
function appOf(sandbox: Sandbox, slug: string): Record<string, string> {
  const { clientId, clientSecret } = sandbox.oauth.client(slug);
  const values = { ...sandbox.account(slug).values, clientId, clientSecret };
  const fields = (findProvider(slug)?.auth ?? []).flatMap((auth) =>
    auth.type === 'oauth2' ? auth.fields : [],
  );
  const wanted = fields.filter(({ level }) => level === 'app').map(({ key }) => key);
  return Object.fromEntries(Object.entries(values).filter(([key]) => wanted.includes(key)));
}

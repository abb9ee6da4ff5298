import ssh2 from 'ssh2';
import type { Sandbox } from './sandbox.ts';
import type { SandboxServer } from './server.ts';
import { sftpConditionMeanings, sftpConditions, startSftpSimulator } from './sftp.ts';
import type { SftpSimulator } from './sftp.ts';
import { smtpConditionMeanings, smtpConditions, startSmtpSimulator } from './smtp.ts';
import type { SmtpSimulator } from './smtp.ts';

/** Slugs of the servers on the control page. */
export const mailServerSlug = 'mail-server';
export const fileServerSlug = 'file-server';

/** The mail server and the file server of all providers that are not reached over HTTP. */
export interface SandboxServers {
  mail: SmtpSimulator;
  files: SftpSimulator;
  close(): Promise<void>;
}

/**
 * Starts a mail server and a file server beside the sandbox: addresses of providers lead to them, and its control page
 * shows and commands them. They let in with the sandbox's own accounts; any user name will do.
 */
export async function startServers(sandbox: Sandbox): Promise<SandboxServers> {
  const password = sandbox.account('smtp').values['password'] ?? '';
  const accounts = sandbox.slugs.map((slug) => sandbox.account(slug).values);
  const keys = accounts.flatMap(({ sftpPrivateKey }) => (sftpPrivateKey ? [sftpPrivateKey] : []));
  const mail = await startSmtpSimulator({ authenticate: (_user, given) => given === password });
  const files = await startSftpSimulator({
    username: null,
    password: null,
    publicKeys: keys.map(publicKeyOf),
    folders: ['outbox', 'inbox'],
  });
  const { host } = mail;
  sandbox.ports.register('smtp://*:25', { host, port: mail.ports.plain });
  sandbox.ports.register('smtps://*', { host, port: mail.ports.tls });
  sandbox.ports.register('smtp://*', { host, port: mail.ports.starttls });
  sandbox.ports.register('sftp://*', { host: files.host, port: files.ports.sftp });
  sandbox.addServer(mailServer(mail, password));
  sandbox.addServer(fileServer(files, keys[0] ?? ''));
  return {
    mail,
    files,
    close: async () => {
      await Promise.all([mail.close(), files.close()]);
    },
  };
}

function mailServer(mail: SmtpSimulator, password: string): SandboxServer {
  const { host, ports } = mail;
  return {
    slug: mailServerSlug,
    name: 'Mail server (SMTP)',
    address: `smtp://${host}:${ports.starttls} with STARTTLS, smtps://${host}:${ports.tls}, smtp://${host}:${ports.plain} in the open`,
    conditions: smtpConditions.map((condition) => ({ condition, means: smtpConditionMeanings[condition] })),
    condition: () => mail.condition(),
    setCondition: (next) => mail.setCondition(oneOf(smtpConditions, next)),
    credentials: [
      { key: 'username', label: 'User name', value: 'apikey', secret: false },
      { key: 'password', label: 'Password', value: password, secret: true },
    ],
    visits: () => mail.visits(),
    items: () =>
      mail
        .messages()
        .map(({ from, to, via, at, source }, index) => ({
          kind: 'message',
          id: String(index + 1),
          at,
          data: { from, to, via, source },
        }))
        .reverse(),
    put: null,
  };
}

/** A file is shown up to here. */
const shownChars = 4_000;

function fileServer(files: SftpSimulator, privateKey: string): SandboxServer {
  return {
    slug: fileServerSlug,
    name: 'File server (SFTP)',
    address: `sftp://${files.host}:${files.ports.sftp}, with the folders outbox and inbox`,
    conditions: sftpConditions.map((condition) => ({ condition, means: sftpConditionMeanings[condition] })),
    condition: () => files.condition(),
    setCondition: (next) => files.setCondition(oneOf(sftpConditions, next)),
    credentials: [
      { key: 'sftpUser', label: 'User', value: 'any', secret: false },
      { key: 'sftpPrivateKey', label: 'Private key', value: privateKey, secret: true },
      { key: 'sftpHostKey', label: 'Fingerprint of the host key', value: files.fingerprint(), secret: false },
    ],
    visits: () => files.visits(),
    items: () =>
      files.stored().map(({ path, content, modifiedAt }) => ({
        kind: 'file',
        id: path,
        at: new Date(modifiedAt).toISOString(),
        data: { bytes: content.length, content: content.toString('latin1').slice(0, shownChars) },
      })),
    put: (path, content) => files.put(path, content),
  };
}

function oneOf<Value extends string>(values: readonly Value[], wanted: string): Value {
  const found = values.find((value) => value === wanted);
  if (found === undefined) throw new RangeError(`There is no condition ${wanted}.`);
  return found;
}

function publicKeyOf(privateKey: string): string {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  return `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`;
}

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSftpSimulator } from '@trunkline/sandbox/sftp';
import type { SftpSimulator } from '@trunkline/sandbox/sftp';
import { makeSshKey } from '@trunkline/sandbox/ssh-key';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classify } from '../../providers/classify.ts';
import { vsp } from '../../providers/vsp.ts';
import { eventually } from '../../testing/eventually.ts';
import { startOpenSsh } from '../../testing/openssh.ts';
import type { OpenSsh } from '../../testing/openssh.ts';
import { parseEgressAllow } from '../egress/allow-list.ts';
import type { Limits } from '../egress/deadline.ts';
import { Dialer } from '../egress/tcp.ts';
import type { DialerOptions } from '../egress/tcp.ts';
import { listenCanaries, listenTcp } from '../egress/testing.ts';
import type { Listener } from '../egress/testing.ts';
import { checkSftp, SftpError, withSftp } from './check-sftp.ts';
import type { SftpProbeResult } from './check-sftp.ts';
import type { SftpServer } from './sftp-server.ts';
import type { SftpSession } from './sftp-session.ts';

const address = '127.0.0.9';
const name = 'files.example.test';
const password = 'pl4nted-Passw0rd';
const short: Limits = { totalMs: 800, stepMs: 400 };
const userKey = makeSshKey();
const strangeKey = makeSshKey();
const lockedKey = makeSshKey({
  passphrase: 'pl4nted-phrase',
  cipher: 'aes256-ctr',
  rounds: 2,
});

let openSsh: OpenSsh;
let sandbox: SftpSimulator;
let canaries: Listener[];
const closers: (() => Promise<void>)[] = [];
const told: string[] = [];

beforeAll(async () => {
  canaries = await listenCanaries();
  openSsh = await startOpenSsh(address, { host: makeSshKey(), user: makeSshKey() });
  sandbox = await startSftpSimulator({
    host: address,
    username: 'partner',
    password,
    publicKeys: [userKey.public, lockedKey.public],
    folders: ['/outbox', '/inbox'],
    slowMs: 40,
  });
});

beforeEach(() => sandbox.setCondition('healthy'));

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  expect(canaries.map((canary) => canary.connections())).toEqual([0, 0, 0]);
});

afterAll(async () => {
  await openSsh.stop();
  await sandbox.close();
  for (const canary of canaries) await canary.close();
  const readable = told.join('\n');
  for (const secret of [
    password,
    'pl4nted-phrase',
    ...keyLines(userKey.private),
    ...keyLines(openSsh.privateKey),
  ])
    expect(readable).not.toContain(secret);
});

function keyLines(key: string): string[] {
  return key.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
}

function dialer(options: Partial<DialerOptions> = {}): Dialer {
  const lookup = async (host: string): Promise<string[]> => (host === name ? [address] : []);
  return new Dialer({ allow: parseEgressAllow(address), lookup, ...options });
}

type Peer = 'OpenSSH' | 'the sandbox';

function settings(peer: Peer, changes: Partial<SftpServer> = {}): SftpServer {
  const own =
    peer === 'OpenSSH'
      ? {
          port: openSsh.port,
          username: openSsh.username,
          privateKey: openSsh.privateKey,
          hostKey: openSsh.fingerprint,
        }
      : {
          port: sandbox.ports.sftp,
          username: 'partner',
          privateKey: userKey.private,
          hostKey: sandbox.fingerprint(),
        };
  return { host: name, password: null, ...own, ...changes };
}

async function check(
  server: SftpServer,
  folders: readonly string[] = ['.'],
  options: Partial<DialerOptions> = {},
  limits?: Limits,
): Promise<SftpProbeResult> {
  const result = await checkSftp(server, folders, { dialer: dialer(options), ...(limits && { limits }) });
  told.push(JSON.stringify(result));
  return result;
}

function outcome(result: SftpProbeResult): string[] {
  return result.steps.map(({ key, status }) => `${key} ${status}`);
}

async function failureOf(
  server: SftpServer,
  work: (session: SftpSession) => Promise<unknown>,
  limits?: Limits,
): Promise<SftpError> {
  const error: unknown = await withSftp(server, { dialer: dialer(), ...(limits && { limits }) }, work).then(
    () => null,
    (failed: unknown) => failed,
  );
  if (!(error instanceof SftpError)) throw new Error('it did not fail so', { cause: error });
  told.push(`${error.stack} ${JSON.stringify(error)}`);
  return error;
}

const allOk = ['values ok', 'dns ok', 'tcp ok', 'greeting ok', 'authentication ok', 'folder ok'];

describe.each<Peer>(['OpenSSH', 'the sandbox'])('checkSftp with %s', (peer) => {
  it('runs every step with a key', async () => {
    const result = await check(settings(peer));
    expect(outcome(result)).toEqual(allOk);
    expect(result).toMatchObject({ ok: true, failure: null, hostKey: settings(peer).hostKey });
    expect(result.steps[3]!.detail).toContain(`${settings(peer).hostKey} (ssh-ed25519)`);
    expect(result.steps.every(({ durationMs }) => durationMs !== null)).toBe(true);
  });

  it('shows the fingerprint when it is not known yet', async () => {
    const result = await check(settings(peer, { hostKey: null }));
    expect(result).toMatchObject({ ok: true, hostKey: settings(peer).hostKey });
    expect(result.steps[3]).toMatchObject({ key: 'greeting', status: 'warning' });
    expect(result.steps[3]!.detail).toContain(settings(peer).hostKey);
  });

  it('takes one of several fingerprints, as a server has a key of each type', async () => {
    const other = `SHA256:${'A'.repeat(43)}`;
    for (const hostKey of [`${other} ${settings(peer).hostKey}`, `${settings(peer).hostKey}=,\n${other}`]) {
      expect((await check(settings(peer, { hostKey }))).ok).toBe(true);
    }
    expect((await check(settings(peer, { hostKey: `${other} ${other}` }))).failure?.step).toBe('greeting');
  });

  it('takes the fingerprint with padding too', async () => {
    expect((await check(settings(peer, { hostKey: `${settings(peer).hostKey}=` }))).ok).toBe(true);
  });

  it('stops before the login when the host key is another one', async () => {
    const hostKey = `SHA256:${'A'.repeat(43)}`;
    const result = await check(settings(peer, { hostKey }));
    expect(outcome(result)).toEqual([
      'values ok',
      'dns ok',
      'tcp ok',
      'greeting failed',
      'authentication skipped',
      'folder skipped',
    ]);
    expect(result.failure).toMatchObject({ step: 'greeting', code: 'refused' });
    expect(result.failure!.message).toContain(hostKey);
    expect(result.failure!.message).toContain(settings(peer).hostKey);
    expect(classify(vsp, result.failure!)).toMatchObject({ title: 'The server is not the expected one' });
  });

  it('tells of a key that the server does not accept', async () => {
    const result = await check(settings(peer, { privateKey: strangeKey.private }));
    expect(outcome(result).slice(3)).toEqual(['greeting ok', 'authentication failed', 'folder skipped']);
    expect(result.failure).toMatchObject({ step: 'authentication', code: 'refused' });
    expect(classify(vsp, result.failure!).fault).toBe('reauth');
  });

  it('tells of a password that the server does not accept', async () => {
    const wrong = { privateKey: null, password: 'pl4nted-Passw0rd-wrong' };
    const result = await check(settings(peer, wrong));
    expect(result.failure).toMatchObject({ step: 'authentication', code: 'refused' });
    expect(classify(vsp, result.failure!).fault).toBe('reauth');
  });

  it('tells of a folder that is not there', async () => {
    const result = await check(settings(peer), ['.', 'nowhere']);
    expect(outcome(result).at(-1)).toBe('folder failed');
    expect(result.failure!.message).toBe('The folder nowhere: it does not exist.');
    expect(classify(vsp, result.failure!)).toMatchObject({
      fault: 'config',
      title: 'The folder does not exist',
    });
  });
});

describe('checkSftp', () => {
  it('logs in with a password', async () => {
    const result = await check(settings('the sandbox', { privateKey: null, password }));
    expect(outcome(result)).toEqual(allOk);
  });

  it('reads an encrypted key with its passphrase, and says so when that is wrong', async () => {
    const privateKey = lockedKey.private;
    expect(
      outcome(await check(settings('the sandbox', { privateKey, passphrase: 'pl4nted-phrase' }))),
    ).toEqual(allOk);
    for (const passphrase of [{}, { passphrase: 'wrong' }]) {
      const result = await check(settings('the sandbox', { privateKey, ...passphrase }));
      expect(result.failure).toMatchObject({ step: 'values', code: 'protocol' });
      expect(result.failure!.message).toContain('passphrase');
    }
  });

  it.each([
    ['no key', 'hello', 'cannot be read'],
    ['a public key', userKey.public, 'public key'],
    ['half a key', userKey.private.slice(0, 120), 'cannot be read'],
  ])('calls nobody with %s', async (_kind, privateKey, words) => {
    const result = await check(settings('the sandbox', { privateKey }));
    expect(outcome(result).slice(0, 2)).toEqual(['values failed', 'dns skipped']);
    expect(result.failure!.message).toContain(words);
  });

  it('notices when the host key changes later', async () => {
    const known = settings('the sandbox');
    await sandbox.setCondition('changedHostKey');
    const result = await check(known);
    expect(result.failure).toMatchObject({ step: 'greeting', code: 'refused' });
    expect(result.failure!.text).toMatch(/^Host denied/);
    expect(result.hostKey).toBe(sandbox.fingerprint());
    expect(result.hostKey).not.toBe(known.hostKey);
  });

  it.each([
    ['hang', 'greeting', 'timeout'],
    ['down', 'tcp', 'connect'],
  ] as const)('tells when the server is in the condition %s', async (condition, step, code) => {
    await sandbox.setCondition(condition);
    const result = await check(settings('the sandbox'), ['.'], {}, short);
    expect(result.failure).toMatchObject({ step, code });
    expect(classify(vsp, result.failure!).fault).toBe('down');
  });

  it('waits for a slow server', async () => {
    await sandbox.setCondition('slow');
    expect((await check(settings('the sandbox'))).ok).toBe(true);
  });

  it('answers with the password when it is asked for by a question, and tells when there is no SFTP', async () => {
    const { private: hostKey } = makeSshKey();
    const accepted: string[] = [];
    const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => {
        if (context.method !== 'keyboard-interactive') context.reject(['keyboard-interactive']);
        else
          context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
            if (answers[0] !== password) return context.reject();
            accepted.push(context.username);
            context.accept();
          });
      });
      connection.on('session', (accept) => accept());
    });
    const listener = await listenTcp(address, (socket) => server.injectSocket(socket));
    closers.push(() => listener.close());
    const result = await check(
      settings('the sandbox', { port: listener.port, privateKey: null, password, hostKey: null }),
    );
    expect(accepted).toEqual(['partner']);
    expect(result.failure).toMatchObject({ step: 'authentication', code: 'refused' });
    expect(result.failure!.message).toContain('offers no SFTP');
  });

  it('tells of a server that speaks something else', async () => {
    const listener = await listenTcp(address, (socket) => {
      socket.write('220 mail\r\n'.repeat(200));
      socket.resume();
    });
    closers.push(() => listener.close());
    const result = await check(settings('the sandbox', { port: listener.port }), ['.'], {}, short);
    expect(result.failure!.step).toBe('greeting');
    expect(JSON.stringify(result)).not.toContain('220 mail');
    await listener.ended(1);
  });

  it.each(['127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', '127.1'])(
    'goes to no private address: %s',
    async (host) => {
      const lookup = async (): Promise<string[]> => ['127.0.0.1'];
      const result = await check(settings('OpenSSH', { host, port: canaries[0]!.port }), ['.'], { lookup });
      expect(result.failure).toMatchObject({ step: 'dns', code: 'blocked' });
    },
  );
});

describe.each<Peer>(['OpenSSH', 'the sandbox'])('files on %s', (peer) => {
  const content = Buffer.from(Array.from({ length: 100_000 }, (_value, index) => index % 251));
  const folder = (): string => (peer === 'OpenSSH' ? openSsh.folder : '/outbox');
  const run = <T>(work: (session: SftpSession) => Promise<T>): Promise<T> =>
    withSftp(settings(peer), { dialer: dialer() }, work);

  it('are stored whole, listed, fetched and deleted', async () => {
    await run((session) => session.upload(folder(), 'one.txt', content));
    const listed = await run((session) => session.list(folder()));
    expect(listed).toMatchObject([{ name: 'one.txt', kind: 'file', bytes: 100_000 }]);
    expect(listed[0]!.modifiedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
    const fetched = await run((session) => session.download(folder(), 'one.txt', 100_000));
    expect(fetched.equals(content)).toBe(true);
    await run((session) => session.delete(folder(), 'one.txt'));
    expect(await run((session) => session.list(folder()))).toEqual([]);
  });

  it('are not replaced unless asked for', async () => {
    await run((session) => session.upload(folder(), 'two.txt', Buffer.from('old')));
    const { failure } = await failureOf(settings(peer), (session) =>
      session.upload(folder(), 'two.txt', Buffer.from('new')),
    );
    expect(failure).toMatchObject({ code: 'refused', text: 'File exists', mayHaveArrived: false });
    expect(await run((session) => session.download(folder(), 'two.txt', 9))).toEqual(Buffer.from('old'));
    await run((session) => session.upload(folder(), 'two.txt', Buffer.from('new'), true));
    expect(await run((session) => session.download(folder(), 'two.txt', 9))).toEqual(Buffer.from('new'));
    expect((await run((session) => session.list(folder()))).map((file) => file.name)).toEqual(['two.txt']);
    await run((session) => session.delete(folder(), 'two.txt'));
  });

  it('are not fetched when they are larger than wanted', async () => {
    await run((session) => session.upload(folder(), 'big.bin', content));
    const { failure } = await failureOf(settings(peer), (session) =>
      session.download(folder(), 'big.bin', 99_999),
    );
    expect(failure).toMatchObject({ code: 'too_large' });
    await run((session) => session.delete(folder(), 'big.bin'));
  });

  it('that are empty are files too', async () => {
    await run((session) => session.upload(folder(), 'none.txt', Buffer.alloc(0)));
    expect(await run((session) => session.download(folder(), 'none.txt', 0))).toEqual(Buffer.alloc(0));
    await run((session) => session.delete(folder(), 'none.txt'));
  });

  it('that are not there cannot be fetched or deleted', async () => {
    for (const work of [
      (session: SftpSession) => session.download(folder(), 'gone.txt', 9),
      (session: SftpSession) => session.delete(folder(), 'gone.txt'),
    ]) {
      const { failure } = await failureOf(settings(peer), work);
      expect(failure).toMatchObject({ step: 'folder', code: 'refused', text: 'No such file' });
    }
  });

  it.each(['../out.txt', 'a/b', '', '.', '..', 'a\nb'])('have no name like %j', async (bad) => {
    const { failure } = await failureOf(settings(peer), (session) =>
      session.upload(folder(), bad, Buffer.from('x')),
    );
    expect(failure).toMatchObject({ code: 'protocol' });
  });
});

describe('files', () => {
  it('are on the disk of OpenSSH as they were sent', async () => {
    await withSftp(settings('OpenSSH'), { dialer: dialer() }, (session) =>
      session.upload(openSsh.folder, 'disk.txt', Buffer.from('on disk')),
    );
    expect(await readdir(openSsh.folder)).toEqual(['disk.txt']);
    expect(await readFile(join(openSsh.folder, 'disk.txt'), 'utf8')).toBe('on disk');
    expect((await stat(join(openSsh.folder, 'disk.txt'))).size).toBe(7);
  });

  it('may be many', async () => {
    const folder = join(openSsh.folder, 'many');
    await mkdir(folder);
    for (let i = 0; i < 250; i += 1) await writeFile(join(folder, `${i}`), '');
    const listed = await withSftp(settings('OpenSSH'), { dialer: dialer() }, (session) =>
      session.list(folder),
    );
    expect(listed).toHaveLength(250);
  });

  it('are not read on and on, whatever the server says of their size', async () => {
    const { failure } = await failureOf(settings('OpenSSH'), (session) =>
      session.download('/dev', 'zero', 100_000),
    );
    expect(failure).toMatchObject({ code: 'too_large' });
  });

  it('cannot be stored where nobody may write', async () => {
    await sandbox.setCondition('readOnly');
    const { failure } = await failureOf(settings('the sandbox'), (session) =>
      session.upload('/outbox', 'a.txt', Buffer.from('x')),
    );
    expect(failure).toMatchObject({ step: 'folder', code: 'refused' });
    expect(classify(vsp, failure).fault).toBe('scope');
  });

  it('put there by the other side can be fetched', async () => {
    sandbox.put('/inbox/report.txt', 'report');
    const fetched = await withSftp(settings('the sandbox'), { dialer: dialer() }, (session) =>
      session.download('/inbox', 'report.txt', 100),
    );
    expect(String(fetched)).toBe('report');
  });

  it('never stand half under their name, though the connection breaks', async () => {
    await sandbox.setCondition('slow');
    const work = async (session: SftpSession): Promise<void> => {
      const storing = session.upload('/outbox', 'half.txt', Buffer.alloc(1_000_000));
      storing.catch(() => undefined);
      await eventually(() => {
        expect(sandbox.files().get('/outbox/.half.txt.part')!.length).toBeGreaterThan(0);
      });
      await sandbox.setCondition('down');
      await storing;
    };
    const { failure } = await failureOf(settings('the sandbox'), work);
    expect(failure).toMatchObject({ code: 'reset', mayHaveArrived: false });
    expect([...sandbox.files().keys()]).not.toContain('/outbox/half.txt');
  });

  it('pass on what the work itself throws', async () => {
    const mistake = new Error('a mistake of ours');
    await expect(
      withSftp(settings('the sandbox'), { dialer: dialer() }, async () => {
        throw mistake;
      }),
    ).rejects.toBe(mistake);
  });
});

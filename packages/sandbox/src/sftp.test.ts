import ssh2 from 'ssh2';
import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSftpSimulator } from './sftp.ts';
import type { SftpSimulator } from './sftp.ts';
import { makeSshKey } from './ssh-key.ts';

const pair = makeSshKey();
const other = makeSshKey();
let server: SftpSimulator;

beforeAll(async () => {
  server = await startSftpSimulator({ username: 'partner', password: null, publicKeys: [pair.public] });
});
afterAll(() => server.close());

function parsed(privateKey: string): ParsedKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key;
}

/** What comes of a login with this key. */
function logIn(username: string, key: ParsedKey): Promise<string> {
  return new Promise((resolve) => {
    const ways: AnyAuthMethod[] = [{ type: 'publickey', username, key }];
    const client = new ssh2.Client();
    client.on('ready', () => {
      client.end();
      resolve('in');
    });
    client.on('error', (error) => resolve(error.message));
    client.connect({
      host: server.host,
      port: server.ports.sftp,
      username,
      authHandler: ways,
    });
  });
}

describe('startSftpSimulator', () => {
  const refused = 'All configured authentication methods failed';

  it('lets in who has the key', async () => {
    expect(await logIn('partner', parsed(pair.private))).toBe('in');
  });

  it('checks the signature, not only the key that is named', async () => {
    const sign = (data: Buffer | string): Buffer => parsed(other.private).sign(data);
    const forged = Object.create(parsed(pair.private), { sign: { value: sign } }) as ParsedKey;
    expect(await logIn('partner', forged)).toBe(refused);
  });

  it('lets in no other key and no other user', async () => {
    expect(await logIn('partner', parsed(other.private))).toBe(refused);
    expect(await logIn('somebody', parsed(pair.private))).toBe(refused);
  });

  it('refuses connections when it is down, and takes them on the same port again', async () => {
    const { sftp } = server.ports;
    await server.setCondition('down');
    expect(await logIn('partner', parsed(pair.private))).toContain('ECONNREFUSED');
    await server.setCondition('healthy');
    expect(await logIn('partner', parsed(pair.private))).toBe('in');
    expect(server.ports.sftp).toBe(sftp);
  });
});

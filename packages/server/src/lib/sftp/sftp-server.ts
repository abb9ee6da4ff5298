import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { EgressError } from '../egress/errors.ts';

/** A folder on another machine, reached over SSH, and who logs in to it. */
export interface SftpServer {
  host: string;
  port: number;
  username: string;
  /** Null when a key is used. With both, the server chooses. */
  password: string | null;
  /** In PEM or OpenSSH's form; null when a password is used. */
  privateKey: string | null;
  passphrase?: string;
  /**
   * The fingerprints of which the server must show one, as `SHA256:` and base64, with blanks between them. Null: not
   * known yet, so any server is talked to, and the result says what it showed.
   */
  hostKey: string | null;
}

/**
 * The fingerprints in a text that may hold several, as a server has a key of each type: without padding, as OpenSSH
 * writes them. What is no fingerprint is left out.
 */
export function readFingerprints(text: string): string[] {
  return text.split(/[\s,;]+/).flatMap((each) => {
    const match = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(each);
    return match === null ? [] : [`SHA256:${match[1]}`];
  });
}

/**
 * Reads the private key, so that a wrong one is found before anybody is called. Null: a password is used. Reading an
 * encrypted key of OpenSSH's takes about a second of the processor.
 *
 * @throws EgressError `protocol`
 */
export function readPrivateKey(server: SftpServer): ParsedKey | null {
  const { privateKey, passphrase } = server;
  if (privateKey === null) {
    if (server.password !== null) return null;
    throw new EgressError('protocol', 'A password or a private key is needed.');
  }
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  if (parsed instanceof Error) {
    const message = /passphrase|integrity check/i.test(parsed.message)
      ? 'The private key is encrypted, and its passphrase is missing or wrong.'
      : 'The private key cannot be read: it has to be a whole one, in PEM or in the form of OpenSSH.';
    throw new EgressError('protocol', message);
  }
  if (!parsed.isPrivateKey()) {
    throw new EgressError('protocol', 'This is a public key. The private key is needed.');
  }
  return parsed;
}

/**
 * Refuses what is not the name of one file, such as a path.
 *
 * @throws EgressError `protocol`
 */
export function checkFileName(name: string): string {
  if (name === '' || name === '.' || name === '..' || name.length > 200 || /[/\\\p{Cc}]/u.test(name)) {
    throw new EgressError('protocol', 'This is not the name of a file.');
  }
  return name;
}

import ssh2 from 'ssh2';

/** Both halves in OpenSSH's form. */
export interface SshKey {
  private: string;
  public: string;
}

/** How a private key is locked. */
export interface SshKeyLock {
  passphrase: string;
  cipher: string;
  rounds: number;
}

/**
 * Makes an Ed25519 key. The library writes about three keys in a thousand so that it cannot read them itself; such a
 * one is made again.
 */
export function makeSshKey(lock?: SshKeyLock): SshKey {
  for (let tries = 0; tries < 20; tries += 1) {
    const made = lock
      ? ssh2.utils.generateKeyPairSync('ed25519', lock)
      : ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(made.private, lock?.passphrase) instanceof Error)) return made;
  }
  throw new Error('no readable key could be made');
}

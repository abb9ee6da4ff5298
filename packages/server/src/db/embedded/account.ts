import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';

/** The unprivileged system user PostgreSQL runs under when we are root. */
export type Account = { name: string; uid: number; gid: number };

const NAMES = ['postgres', '_postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root, so as root it runs under `postgres` if there is such a user, else
 * `nobody`; an existing cluster keeps its owner. Undefined when we are not root: then it runs as we do.
 */
export async function chooseAccount(cluster: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(cluster).catch(() => undefined);
  const users = await readUsers();
  if (owner && owner.uid !== 0) {
    const name = users.find(({ uid }) => uid === owner.uid)?.name ?? `user ${owner.uid}`;
    return { name, uid: owner.uid, gid: owner.gid };
  }
  for (const name of NAMES) {
    const user = users.find((candidate) => candidate.name === name && candidate.uid > 0);
    if (user) return user;
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root and there is no user postgres or nobody. ' +
      'Start Trunkline as an ordinary user, or set DATABASE_URL.',
  );
}

async function readUsers(): Promise<Account[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/** Whether permission bits let the account enter every folder above `path` and read `path` if it exists. */
export async function isReachable(path: string, account: Account): Promise<boolean> {
  const own = await stat(path).catch(() => undefined);
  if (own && !allows(own, account, own.isDirectory() ? 0o5 : 0o4)) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stats = await stat(folder).catch(() => undefined);
    if (stats && !allows(stats, account, 0o1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function allows(stats: { uid: number; gid: number; mode: number }, account: Account, bits: number): boolean {
  const shift = stats.uid === account.uid ? 6 : stats.gid === account.gid ? 3 : 0;
  return ((stats.mode >> shift) & bits) === bits;
}

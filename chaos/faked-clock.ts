import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const libraries = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
);

const installed = () => libraries.find((file) => existsSync(file));

/** Debian's libfaketime; as root it is installed when it is missing. Undefined where it cannot be had. */
export async function findFaketime(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  if (!installed() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = ['install', '-y', '--no-install-recommends', 'libfaketime'];
    const apt = (args: string[]) => promisify(execFile)('apt-get', args, { env, timeout: 180_000 });
    await apt(install)
      .catch(() => apt(['update']).then(() => apt(install)))
      .catch(() => undefined);
  }
  return installed();
}

/**
 * The clock of one process, set through a file that libfaketime reads again every second. Only the time of day
 * jumps, as when an administrator or NTP sets it; the monotonic clock runs on, as it does in life.
 */
export class FakedClock {
  readonly #file: string;
  readonly env: Record<string, string>;

  constructor(library: string, file: string) {
    this.#file = file;
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    this.jump(0);
  }

  /** Seconds ahead of the real time. */
  jump(seconds: number): void {
    writeFileSync(this.#file, `${seconds < 0 ? '' : '+'}${seconds}\n`, { mode: 0o644 });
  }
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { programOf } from '../packages/server/src/testing/child.ts';

const main = new URL('../packages/server/src/main.ts', import.meta.url);

/** One `serve` or `work` process of the product, which can be killed, paused and started again. */
export class NodeProcess {
  readonly command: 'serve' | 'work';
  /** Its brand, and so the beginning of its User-Agent: endpoints see which process sent what. */
  readonly label: string;
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  #paused = false;
  address: string | null = null;
  /** Results of lost leases that its former lives and its present one refused to write. */
  #staleBefore = 0;
  #stale = 0;
  /** Its ends that nobody here brought about, each with the last lines of its log. */
  readonly crashes: string[] = [];
  /** It once ran, and nobody has ended it since. */
  #shouldRun = false;

  constructor(command: 'serve' | 'work', label: string, env: NodeJS.ProcessEnv) {
    this.command = command;
    this.label = label;
    this.#env = { ...env, TRUNKLINE_BRAND: label };
  }

  get alive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get running(): boolean {
    return this.alive && !this.#paused;
  }

  get crashed(): boolean {
    return this.#shouldRun && !this.alive;
  }

  get staleWrites(): number {
    return this.#staleBefore + this.#stale;
  }

  /** Starts it and waits until it listens (`serve`) or runs (`work`); false when it ended instead. */
  async start(limitMs = 30_000): Promise<boolean> {
    this.#staleBefore += this.#stale;
    this.#stale = 0;
    const child = spawn(process.execPath, [...programOf(main), this.command], {
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#paused = false;
    this.#shouldRun = false;
    this.address = null;
    const lastLines: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (process.env['CHAOS_LOG']) process.stderr.write(`${this.label} ${line}\n`);
      lastLines.push(line);
      if (lastLines.length > 60) lastLines.shift();
    });
    child.once('exit', (code, signal) => {
      if (this.#shouldRun && this.#child === child)
        this.crashes.push(`${this.label} ended by itself (${signal ?? code}): ${lastLines.join('\n')}`);
    });
    const started = await this.#untilRunning(child, limitMs);
    this.#shouldRun = started;
    return started;
  }

  #untilRunning(child: ChildProcess, limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs);
      const settle = (started: boolean) => {
        clearTimeout(timer);
        resolve(started);
      };
      child.once('exit', () => settle(false));
      if (child.stdout) {
        createInterface({ input: child.stdout }).on('line', (line) => {
          if (!line.startsWith('Trunkline is ')) return;
          this.address = /http:\/\/\S+/.exec(line)?.[0] ?? null;
          settle(true);
        });
      }
    });
  }

  /** Reads how many late writes it refused; only `serve` can be asked. What it cannot answer stays as it was. */
  async readMetrics(): Promise<void> {
    if (this.address === null || !this.running) return;
    const child = this.#child;
    try {
      const response = await fetch(`${this.address}/metrics`, { signal: AbortSignal.timeout(2_000) });
      const match = /^trunkline_results_stale_total (\d+)/m.exec(await response.text());
      if (match && this.#child === child) this.#stale = Number(match[1]);
    } catch {
      // It is being tormented just now.
    }
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
    this.#paused = true;
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
    this.#paused = false;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    this.#shouldRun = false;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    // A paused process takes no SIGTERM.
    child.kill('SIGCONT');
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    await exited;
    clearTimeout(timer);
    this.#paused = false;
  }
}

import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { discardDataFolder } from '../packages/server/src/db/embedded.ts';
import { Child } from './child.ts';
import { eventPosts, run, signedPosts } from './load.ts';

const quick = process.argv.includes('--quick');
const rounds = quick ? 1 : 3;
const rawRequests = quick ? 20_000 : 80_000;
const events = quick ? 6_000 : 30_000;
const inFlight = 128;
const main = fileURLToPath(new URL('../packages/server/dist/main.js', import.meta.url));

interface Round {
  raw: number;
  ingest: number;
  endToEnd: number;
  serverCpuUs: number;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const at = (sorted: number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;

/** CPU seconds that a process has used, by /proc; 0 where there is none. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

async function api(
  address: string,
  key: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${address}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>);
}

/** The product as a process of its own on an embedded database, with the address that it prints. */
async function startServer(dataDir: string, receiverPort: number) {
  const env = {
    ...process.env,
    TRUNKLINE_DATA_DIR: dataDir,
    TRUNKLINE_EGRESS_ALLOW: `127.0.0.1/32:${receiverPort}`,
    TRUNKLINE_LOG_LEVEL: 'warn',
    TRUNKLINE_RATE_LIMITS: 'off',
    PORT: '0',
  };
  const made = JSON.parse(
    execFileSync(
      process.execPath,
      [main, 'organizations', 'create', '--name', 'Bench', '--admin-email', 'bench@example.com', '--json'],
      { env, encoding: 'utf8' },
    ),
  ) as { apiKey: string };
  const server = spawn(process.execPath, [main, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise<string>((resolve, reject) => {
    server.once('exit', () => reject(new Error('the server ended at its start')));
    createInterface({ input: server.stdout }).on('line', (line) => {
      const match = /http:\/\/\S+/.exec(line);
      if (match) resolve(match[0]);
    });
  });
  return { server, address, apiKey: made.apiKey };
}

const dataDir = join(mkdtempSync(join(tmpdir(), 'trunkline-bench-')), 'data');
const receiver = new Child('./receiver.ts');
const { port } = (await receiver.next()) as { port: number };
const { server, address, apiKey } = await startServer(dataDir, port);
const results: Round[] = [];
let latency = { rate: 0, p50: 0, p99: 0 };

async function resetReceiver(target: number, times = false): Promise<void> {
  receiver.send({ reset: true, target, times });
  await receiver.next();
}

try {
  const toReceiver = new Pool(`http://127.0.0.1:${port}`, { connections: inFlight, pipelining: 1 });
  const toServer = new Pool(address, { connections: inFlight, pipelining: 1 });
  const post = eventPosts(apiKey);
  const subscribe = () =>
    api(address, apiKey, 'POST', '/webhooks', {
      name: 'bench',
      url: `http://127.0.0.1:${port}/hook`,
      events: ['job.created'],
    });
  await run(toServer, { total: 2_000, inFlight, make: post });

  for (let round = 0; round < rounds; round += 1) {
    await resetReceiver(Infinity);
    const raw = await run(toReceiver, { total: rawRequests, inFlight, make: signedPosts() });
    const ingest = await run(toServer, { total: events, inFlight, make: post });
    if (ingest.refused > 0) throw new Error(`${ingest.refused} events were refused`);
    const webhook = await subscribe();
    await resetReceiver(events);
    const cpuBefore = cpuSeconds(server.pid ?? 0);
    const started = performance.now();
    const sent = run(toServer, { total: events, inFlight, make: post });
    await receiver.next(300_000);
    const endToEndSeconds = (performance.now() - started) / 1000;
    await sent;
    const serverCpu = cpuSeconds(server.pid ?? 0) - cpuBefore;
    results.push({
      raw: rawRequests / raw.seconds,
      ingest: events / ingest.seconds,
      endToEnd: events / endToEndSeconds,
      serverCpuUs: (serverCpu / events) * 1e6,
    });
    if (round === rounds - 1)
      latency = await measureLatency(toServer, median(results.map((r) => r.endToEnd)) / 2, post);
    await api(address, apiKey, 'DELETE', `/webhooks/${String(webhook['id'])}`);
  }
  await Promise.all([toReceiver.close(), toServer.close()]);
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  receiver.stop();
  await discardDataFolder(dataDir);
}

/** Accept → received at half of the maximum: from the moment the event is sent to its arrival, in ms. */
async function measureLatency(
  pool: Pool,
  rate: number,
  make: ReturnType<typeof eventPosts>,
): Promise<typeof latency> {
  const total = Math.floor(rate * (quick ? 2 : 5));
  await resetReceiver(total, true);
  const sentAt = new Map<string, number>();
  const load = run(pool, {
    total,
    inFlight,
    make,
    rate,
    onDone: (_index, at, body) => {
      sentAt.set((JSON.parse(body) as { id: string }).id, at);
    },
  });
  await receiver.next(120_000);
  await load;
  receiver.send({ report: true });
  const { arrivals } = (await receiver.next()) as { arrivals: [string, number][] };
  const times = arrivals.flatMap(([id, arrived]) => {
    const sent = sentAt.get(id);
    return sent === undefined ? [] : [arrived - sent];
  });
  times.sort((a, b) => a - b);
  return { rate, p50: at(times, 0.5), p99: at(times, 0.99) };
}

const raw = median(results.map((r) => r.raw));
const summary = {
  rounds,
  rawPerSecond: Math.round(raw),
  ingestPerSecond: Math.round(median(results.map((r) => r.ingest))),
  endToEndPerSecond: Math.round(median(results.map((r) => r.endToEnd))),
  ingestToRaw: round2(median(results.map((r) => r.ingest / r.raw))),
  endToEndToRaw: round2(median(results.map((r) => r.endToEnd / r.raw))),
  serverCpuMicrosecondsPerDelivery: Math.round(median(results.map((r) => r.serverCpuUs))),
  latencyAtHalfLoad: {
    perSecond: Math.round(latency.rate),
    p50Ms: round2(latency.p50),
    p99Ms: round2(latency.p99),
  },
};

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

process.stdout.write(
  [
    '',
    `| figure (medians of ${rounds} interleaved rounds, one machine, one process) | per second | ÷ raw |`,
    '|---|---|---|',
    `| raw limit of the HTTP client: signed, nothing stored | ${summary.rawPerSecond} | 1 |`,
    `| events accepted (durable), no subscriber | ${summary.ingestPerSecond} | ${summary.ingestToRaw} |`,
    `| deliveries end to end: accept → store → sign → send → record | ${summary.endToEndPerSecond} | ${summary.endToEndToRaw} |`,
    '',
    `Latency from post to arrival at ${summary.latencyAtHalfLoad.perSecond}/s: p50 ${summary.latencyAtHalfLoad.p50Ms} ms, p99 ${summary.latencyAtHalfLoad.p99Ms} ms.`,
    `Server CPU per delivery: ${summary.serverCpuMicrosecondsPerDelivery} µs.`,
    '',
    JSON.stringify(summary),
    '',
  ].join('\n'),
);

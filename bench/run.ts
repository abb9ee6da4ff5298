import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Results } from './results.ts';
import { Checks } from './scenarios/checks.ts';
import { ActionsThroughRuntime } from './scenarios/actions.ts';
import { Dashboard } from './scenarios/dashboard.ts';
import { Hanging } from './scenarios/hanging.ts';
import { Limits } from './scenarios/limits.ts';
import { Logs } from './scenarios/logs.ts';
import { Processes } from './scenarios/processes.ts';
import { Raw, makeCertificate } from './scenarios/raw.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { Single } from './scenarios/single.ts';
import { Sizes } from './scenarios/sizes.ts';
import { StockQueues } from './scenarios/stock.ts';
import { World, say, scaleOf } from './world.ts';

/** `raw` always runs: the others are set against it. */
const single = ['ingest', 'endtoend', 'fanout', 'tls', 'drain', 'latency', 'snapshot'];
const sizes = ['sizes', 'claims'];
const names = [
  ...single,
  'processes',
  'stock',
  'hanging',
  'checks',
  'dashboard',
  'limits',
  'actions',
  ...sizes,
  'logs',
];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    rows: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const counts = [values.rounds, values.rows].filter((text) => text !== undefined);
const only = values.only?.split(',').map((name) => name.trim());
const unknown = only?.find((name) => name !== 'raw' && !names.includes(name));
const wrong =
  unknown === undefined
    ? counts.filter((text) => !/^[1-9]\d*$/.test(text)).map((text) => `"${text}" is not a number.`)
    : [`There is no scenario "${unknown}".`];
if (values.help || wrong.length > 0) {
  for (const problem of wrong) say(problem);
  say(`npm run bench -- [--quick] [--rounds n] [--only name,name] [--rows n]
  --quick   a minute or two to see that everything runs; its figures mean little
  --rounds  interleaved rounds, 3 by default
  --rows    of the largest tables in sizes and logs, 10,000,000 by default: ten minutes or more, and 30 GB of disk
  --only    of: ${names.join(', ')}; the raw limit is always measured`);
  process.exit(wrong.length === 0 ? 0 : 2);
}
const chosen = new Set(only ?? names);
const has = (list: readonly string[]) => new Set(list.filter((name) => chosen.has(name)));

const results = new Results();
const scale = scaleOf(values.quick, values.rounds === undefined ? undefined : Number(values.rounds));
const started = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'trunkline-bench-tls-'));
const world = await World.open(scale, results);
const scenarios: Scenario[] = [];
const broken = new Set<Scenario>();
let closing: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void close().finally(() => process.exit(1)));
try {
  const certificate = makeCertificate(folder);
  const tls = certificate && { port: (await world.listen(1, certificate))[0]!, ca: certificate.cert };
  scenarios.push(new Raw(tls));
  if (has(single).size > 0) scenarios.push(new Single(has(single), tls));
  if (chosen.has('stock')) scenarios.push(new StockQueues());
  if (chosen.has('processes')) scenarios.push(new Processes());
  if (chosen.has('checks')) scenarios.push(new Checks());
  if (chosen.has('dashboard')) scenarios.push(new Dashboard());
  if (chosen.has('hanging')) scenarios.push(new Hanging());
  if (chosen.has('limits')) scenarios.push(new Limits());
  if (has(sizes).size > 0) scenarios.push(new Sizes(has(sizes), rowsOf()));

  if (chosen.has('logs')) scenarios.push(new Logs(rowsOf()));
  if (chosen.has('actions')) scenarios.push(new ActionsThroughRuntime());

  await each('preparing', (scenario) => scenario.prepare(world));
  for (let round = 1; round <= scale.rounds; round += 1)
    await each(`round ${round} of ${scale.rounds}`, (scenario) => scenario.round?.(world));
  await each('after the rounds', (scenario) => scenario.finish?.(world));
} finally {
  await close();
}

/** Of the largest tables. */
function rowsOf(): number {
  return Number(values.rows ?? (scale.quick ? 100_000 : 10_000_000));
}

/** One that breaks off is left out from then on; the figures of the others are still worth their time. */
async function each(what: string, work: (scenario: Scenario) => Promise<void> | undefined): Promise<void> {
  for (const scenario of scenarios.filter((one) => !broken.has(one))) {
    const doing = `${scenario.constructor.name}: ${what}`;
    say(doing);
    try {
      await work(scenario);
    } catch (error) {
      if (closing) throw error;
      broken.add(scenario);
      world.forget();
      results.note(`Broken off at "${doing}": ${String(error)}`);
      say(error instanceof Error ? (error.stack ?? '') : String(error));
      process.exitCode = 1;
    }
  }
}

/** Nothing stays behind: no process, no database, no folder. A signal and what it breaks both come here. */
function close(): Promise<void> {
  return (closing ??= closeAll());
}

async function closeAll(): Promise<void> {
  for (const scenario of scenarios.splice(0).toReversed()) {
    await scenario.close(world).catch((error: unknown) => say(String(error)));
  }
  await world.close();
  rmSync(folder, { recursive: true, force: true });
}

const about = {
  quick: scale.quick,
  rounds: scale.rounds,
  cores: cpus().length,
  node: process.version,
  minutes: Math.round((Date.now() - started) / 6_000) / 10,
};
process.stdout.write(`\n${results.table()}\n\n${results.json(about)}\n`);

import { parseArgs } from 'node:util';
import { runActionsOnce } from './actions/one-run.ts';
import { actionTableHead, actionTableRows, isActionRunBroken } from './actions/report.ts';
import { findFaketime } from './faked-clock.ts';
import { faults } from './faults.ts';
import { runOnce } from './one-run.ts';
import type { RunResult } from './one-run.ts';
import { makePlan } from './plan.ts';
import { details, isBroken, tableHead, tableRow, totals } from './report.ts';
import { SmallDisk } from './small-disk.ts';
import type { World } from './world.ts';

const defaultRate = '120';
/** Actions a second: each is some calls, and the providers are in this process. */
const actionRate = 20;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: defaultRate },
    faults: { type: 'string', default: 'all' },
    actions: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const usage = `npm run chaos -- [--runs n] [--seed n] [--seconds n] [--rate n] [--faults name,name] [--actions] [--list]
  --runs     runs with seeds one after the other, 20 by default
  --seed     of the first run, 1 by default
  --seconds  of load in each run, 10 by default
  --rate     events a second, ${defaultRate} by default; actions a second with --actions, ${actionRate}
  --faults   all by default; --list names them
  --actions  actions and their providers instead of deliveries`;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The script that started us may be killed alone; nothing of a run may outlive it. */
function followParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

/** A whole number from 1 on. */
function numberOf(name: 'runs' | 'seed' | 'seconds' | 'rate'): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1 on`);
  return value;
}

/** The faults that were asked for and that this machine can make; says which it cannot. */
async function chosenFaults() {
  const names = values.faults === 'all' ? faults.map(({ name }) => name) : values.faults.split(',');
  const unknown = names.filter((name) => !faults.some((fault) => fault.name === name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; --list names all faults`);
  const chosen = faults.filter(({ name }) => names.includes(name));
  const needs = (what: string) => chosen.some((fault) => fault.needs === what);
  const abilities = {
    smallDisk: needs('small disk') && (await SmallDisk.available()),
    fakedClock: needs('faked clock') ? await findFaketime() : undefined,
  };
  const can = { 'small disk': abilities.smallDisk, 'faked clock': abilities.fakedClock !== undefined };
  const possible = chosen.filter((fault) => fault.needs === undefined || can[fault.needs]);
  for (const fault of chosen)
    if (!possible.includes(fault)) say(`${fault.name} is left out: no ${fault.needs} here`);
  return { abilities, possible };
}

/** `--actions`: the runtime of actions against providers that misbehave. */
async function tormentActions(firstSeed: number, runs: number, seconds: number): Promise<number> {
  followParent();
  const rate = values.rate === defaultRate ? actionRate : numberOf('rate');
  let broken = false;
  say(actionTableHead());
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const result = await runActionsOnce({ seed, seconds, rate });
    for (const line of actionTableRows(result)) say(line);
    if (!isActionRunBroken(result)) continue;
    broken = true;
    process.stderr.write(`${JSON.stringify(result)}\n`);
  }
  return broken ? 1 : 0;
}

async function main(): Promise<number> {
  if (values.help) {
    say(usage);
    return 0;
  }
  if (values.list) {
    for (const { name, needs } of faults) say(needs ? `${name} (needs a ${needs})` : name);
    return 0;
  }
  const runs = numberOf('runs');
  const firstSeed = numberOf('seed');
  const seconds = numberOf('seconds');
  const rate = numberOf('rate');
  if (values.actions) return tormentActions(firstSeed, runs, seconds);
  const { abilities, possible } = await chosenFaults();
  let world: World | null = null;
  const onWorld = (now: World | null) => {
    world = now;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void Promise.resolve(world?.stop()).finally(() => process.exit(130)));
  followParent();
  const results: RunResult[] = [];
  say(tableHead());
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const plan = makePlan({ seed, faults: possible, seconds });
    const result = await runOnce({ seed, plan, seconds, rate, abilities, onWorld });
    results.push(result);
    say(tableRow(result));
    for (const line of details(result)) process.stderr.write(`${line}\n`);
  }
  say(JSON.stringify(totals(results)));
  return results.some(isBroken) ? 1 : 0;
}

// Whatever a broken process left open must not keep the command.
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);

import type { RunResult } from './one-run.ts';

const columns: [title: string, value: (run: RunResult) => number][] = [
  ['seed', (run) => run.seed],
  ['faults', (run) => run.happenings.filter(({ happened }) => happened).length],
  ['acked', (run) => run.verdict.acked],
  ['refused', (run) => run.refused],
  ['delivered', (run) => run.verdict.delivered],
  ['dead letters', (run) => run.verdict.deadLetters],
  ['still scheduled', (run) => run.verdict.scheduled],
  ['lost', (run) => run.verdict.lost.length],
  ['unexpected', (run) => run.verdict.unexpected.length],
  ['out of order', (run) => run.verdict.outOfOrder.length],
  ['duplicates', (run) => run.verdict.duplicates],
  ['stale refused', (run) => run.staleWrites],
  ['recovered', (run) => run.verdict.recovered],
  ['wrong answers', (run) => run.wrongAnswers.length],
  ['seconds', (run) => Math.round(run.seconds)],
];

const row = (cells: readonly (string | number)[]) =>
  `| ${cells.map((cell, index) => String(cell).padStart(columns[index]?.[0].length ?? 0)).join(' | ')} |`;

/** The head of the table of runs (Markdown, as are its rows). */
export function tableHead(): string {
  const titles = columns.map(([title]) => title);
  return `${row(titles)}\n|${titles.map((title) => `${'-'.repeat(title.length + 1)}:`).join('|')}|`;
}

export function tableRow(run: RunResult): string {
  return row(columns.map(([, value]) => value(run)));
}

/** What happened in a run, and what must not have. */
export function details(run: RunResult): string[] {
  const { lost, unexpected, outOfOrder } = run.verdict;
  const some = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`  ${title}:`, ...items.slice(0, 5).map((item) => `    ${item}`)];
  return [
    ...run.happenings.map(
      ({ name, happened, evidence, seconds }) =>
        `  ${happened ? '·' : '?'} ${name}: ${evidence} (${seconds.toFixed(1)} s)`,
    ),
    ...some(
      'given up',
      Object.entries(run.verdict.givenUp).map(([code, count]) => `${code}: ${count}`),
    ),
    ...some('lost', lost),
    ...some('unexpected', unexpected),
    ...some('out of order', outOfOrder),
    ...some('wrong answers', run.wrongAnswers),
  ];
}

/** Sums over all runs and, for each fault, how often it happened and how often it could not be made to. */
export function totals(runs: readonly RunResult[]): Record<string, unknown> {
  const sums: Record<string, unknown> = { runs: runs.length };
  for (const [title, value] of columns) {
    if (title === 'seed') continue;
    const key = title.replaceAll(/ (\w)/g, (_match, letter: string) => letter.toUpperCase());
    sums[key] = runs.reduce((sum, run) => sum + value(run), 0);
  }
  const happened: Record<string, number> = {};
  const missed: Record<string, number> = {};
  for (const { name, happened: did } of runs.flatMap((run) => run.happenings)) {
    const counts = did ? happened : missed;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { ...sums, seeds: runs.map(({ seed }) => seed), happened, missed };
}

/** Whether a promise was broken. */
export function isBroken(run: RunResult): boolean {
  const { lost, unexpected, outOfOrder } = run.verdict;
  return [lost, unexpected, outOfOrder, run.wrongAnswers].some((faults) => faults.length > 0);
}

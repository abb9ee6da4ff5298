import type { ActionRunResult, LaneVerdict } from './one-run.ts';

const columns: [title: string, value: (run: ActionRunResult, verdict: LaneVerdict) => string | number][] = [
  ['seed', (run) => run.seed],
  ['faults', (run) => run.faults],
  ['kills', (run) => run.kills],
  ['what', (_run, { lane }) => lane],
  ['accepted', (_run, { accepted }) => accepted],
  ['done', (_run, { succeeded }) => succeeded],
  ['failed', (_run, { failed }) => failed],
  ['in doubt', (_run, { inDoubt }) => inDoubt],
  ['lost', (_run, { lost }) => lost.length],
  ['denied', (_run, { denied }) => denied.length],
  ['duplicated', (_run, { duplicated }) => duplicated.length],
  ['early', (_run, { early }) => early.length],
];

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

/** The head of the table of runs, in Markdown as its rows. */
export function actionTableHead(): string {
  return `${row(columns.map(([title]) => title))}\n${row(columns.map(() => '---'))}`;
}

/** A row for each lane. */
export function actionTableRows(run: ActionRunResult): string[] {
  return run.verdicts.map((verdict) => row(columns.map(([, value]) => value(run, verdict))));
}

/** Whether a promise was broken: something was lost, denied although it was done, done twice or too early, or answered wrongly. */
export function isActionRunBroken({ verdicts, wrongAnswers }: ActionRunResult): boolean {
  return (
    wrongAnswers.length > 0 ||
    verdicts.some(
      ({ lost, denied, duplicated, early }) =>
        lost.length + denied.length + duplicated.length + early.length > 0,
    )
  );
}

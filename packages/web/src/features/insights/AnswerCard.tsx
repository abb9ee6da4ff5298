import { exportInsight } from '@trunkline/contract/insights';
import type { InsightAnswer } from '@trunkline/contract/insights';
import { ChartColumn, Download } from 'lucide-react';
import { useState } from 'react';
import { BusyActionIcon } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { callOperation } from '../../lib/api.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { saveFile } from '../usage/download.ts';
import { cellWords } from './cell-words.ts';
import type { InsightRange } from './insights-search.ts';
import classes from './InsightsPage.module.css';

type Row = InsightAnswer['rows'][number];

/** Rows that are shown before somebody asks for the rest. */
const rowsShown = 8;

function columnsOf({ columns, bar, rows }: InsightAnswer): Column<Row>[] {
  return columns.map(({ label, kind }, index) => {
    const most = Math.max(1, ...rows.map((row) => Number(row[index] ?? 0)));
    const isText = kind === 'text' || kind === 'time';
    return {
      key: label,
      header: label,
      ...(index === 0 ? { rowHeader: true } : {}),
      ...(isText ? {} : { align: 'end' as const }),
      cell: (row) => (
        <span className={isText ? classes.text : classes.number}>
          {cellWords(kind, row[index] ?? null)}
          {index === bar && (
            // The number beside it says the same.
            <progress className={classes.bar} aria-hidden value={Number(row[index] ?? 0)} max={most} />
          )}
        </span>
      ),
    };
  });
}

function DownloadButton({ answer, range }: { answer: InsightAnswer; range: InsightRange }) {
  const [busy, setBusy] = useState(false);
  async function download(): Promise<void> {
    setBusy(true);
    try {
      const file = await callOperation(exportInsight, { answer: answer.name, range });
      saveFile(file);
      notifyDone('The answer is downloaded', file.name);
    } catch (thrown) {
      notifyError(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <BusyActionIcon
      aria-label={`Download “${answer.title}” as CSV`}
      busy={busy}
      onClick={() => void download()}
    >
      <Download aria-hidden />
    </BusyActionIcon>
  );
}

/** One question with its answer: a sentence where there is one, and the numbers with bars in a table. */
export function AnswerCard({ answer, range }: { answer: InsightAnswer; range: InsightRange }) {
  const { title, questions, rows, said, needs } = answer;
  const [all, setAll] = useState(false);
  return (
    <Card
      flush
      title={title}
      description={
        <>
          {questions.map((question) => (
            <span key={question} className={classes.question}>
              {question}
            </span>
          ))}
          {said !== null && <strong className={classes.said}>{said}</strong>}
        </>
      }
      {...(rows.length > 0 ? { actions: <DownloadButton answer={answer} range={range} /> } : {})}
    >
      <DataTable
        caption={title}
        columns={columnsOf(answer)}
        rows={all ? rows : rows.slice(0, rowsShown)}
        rowKey={(row) => row.slice(0, 2).join('\n')}
        hasMore={!all && rows.length > rowsShown}
        onLoadMore={() => setAll(true)}
        empty={
          <EmptyState icon={ChartColumn} title="No answer in this time">
            {needs}
          </EmptyState>
        }
      />
    </Card>
  );
}

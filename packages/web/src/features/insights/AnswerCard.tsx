import { exportInsight } from '@trunkline/contract/insights';
import type { InsightAnswer } from '@trunkline/contract/insights';
import { ChartColumn, Download } from 'lucide-react';
import { useState } from 'react';
import { BusyActionIcon } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { callOperation } from '../../lib/api.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { saveFile } from '../usage/download.ts';
import { AnswerTable } from './AnswerTable.tsx';
import type { InsightRange } from './insights-search.ts';
import classes from './InsightsPage.module.css';

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
  return (
    <Card
      flush
      title={title}
      description={questions.map((question) => (
        <span key={question} className={classes.question}>
          {question}
        </span>
      ))}
      {...(rows.length > 0 ? { actions: <DownloadButton answer={answer} range={range} /> } : {})}
    >
      {rows.length > 0 ? (
        <>
          {said !== null && <p className={classes.said}>{said}</p>}
          <AnswerTable answer={answer} />
        </>
      ) : (
        <EmptyState icon={ChartColumn} title="No answer in this time">
          {needs}
        </EmptyState>
      )}
    </Card>
  );
}

import type { InsightAnswer } from '@trunkline/contract/insights';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { cellWords } from './cell-words.ts';
import classes from './InsightsPage.module.css';

/** Rows that are shown before somebody asks for the rest. */
const rowsShown = 8;

/** The numbers of an answer, with bars beside those that matter most. Narrow, it scrolls by itself. */
export function AnswerTable({ answer }: { answer: InsightAnswer }) {
  const { title, columns, bar, rows } = answer;
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, rowsShown);
  const most = bar === null ? 1 : Math.max(1, ...rows.map((row) => Number(row[bar] ?? 0)));
  const isText = (index: number) => ['text', 'time'].includes(columns[index]!.kind);

  function cell(row: (typeof rows)[number], index: number) {
    const words = cellWords(columns[index]!.kind, row[index] ?? null);
    if (index !== bar) return words;
    return (
      <span className={classes.measure}>
        {words}
        {/* The number beside it says the same. */}
        <progress className={classes.bar} aria-hidden value={Number(row[index] ?? 0)} max={most} />
      </span>
    );
  }

  return (
    <>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={`Numbers: ${title}`}>
        <table className={classes.table}>
          <caption className="visually-hidden">{title}</caption>
          <thead>
            <tr>
              {columns.map(({ label }, index) => (
                <th key={label} scope="col" data-text={isText(index)}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.slice(0, 2).join('\n')}>
                {columns.map(({ label }, index) =>
                  index === 0 ? (
                    <th key={label} scope="row" data-text>
                      {cell(row, index)}
                    </th>
                  ) : (
                    <td key={label} data-text={isText(index)}>
                      {cell(row, index)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <div className={classes.more}>
          <Button variant="subtle" size="xs" onClick={() => setAll(true)}>
            Show all {rows.length}
          </Button>
        </div>
      )}
    </>
  );
}

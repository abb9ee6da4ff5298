import { listRunbooks } from '@trunkline/contract/runbooks';
import type { RunbookSummary } from '@trunkline/contract/runbooks';
import { Skeleton } from '@mantine/core';
import { ChevronRight, CircleCheck, CircleX } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useOperation } from '../../lib/api.ts';
import { stateWords } from './runbook-words.ts';
import classes from './RunbooksPage.module.css';

function Row({ runbook }: { runbook: RunbookSummary }) {
  const isFailing = runbook.errors > 0;
  const Icon = isFailing ? CircleX : CircleCheck;
  return (
    <li>
      <AppLink className={classes.row} href={`/runbooks/${runbook.category}`}>
        <span className={classes.words}>
          <span className={classes.name}>{runbook.label}</span>
          <span className={classes.impact}>If it fails: {runbook.impact}</span>
        </span>
        <span
          className={classes.state}
          data-failing={isFailing || undefined}
          data-none={runbook.integrations === 0 || undefined}
        >
          {runbook.integrations > 0 && <Icon size={14} aria-hidden />}
          {stateWords(runbook)}
        </span>
        <ChevronRight size={16} aria-hidden className={classes.arrow} />
      </AppLink>
    </li>
  );
}

function Group({ title, about, runbooks }: { title: string; about: string; runbooks: RunbookSummary[] }) {
  if (runbooks.length === 0) return null;
  return (
    <Card title={title} description={about} flush>
      <ul className={classes.list}>
        {runbooks.map((runbook) => (
          <Row key={runbook.category} runbook={runbook} />
        ))}
      </ul>
    </Card>
  );
}

/** What to do when something fails, a page for each category (UC-ADMIN-007, section 9). */
export function RunbooksPage() {
  const { data, error, refetch } = useOperation(listRunbooks, {});
  const runbooks = data?.data ?? [];
  const failing = runbooks.filter(({ errors }) => errors > 0);
  const rest = runbooks.filter(({ errors }) => errors === 0);
  return (
    <>
      <PageHeader
        title="Runbooks"
        live
        subtitle="What to do when something fails, with the buttons that do it"
      />
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={320} />}
      <Group title="Needed now" about="At least one integration of these does not work." runbooks={failing} />
      <Group
        title="Critical"
        about="People notice within minutes when one of these fails."
        runbooks={rest.filter(({ critical }) => critical)}
      />
      <Group
        title="Others"
        about="Categories that you have integrations of."
        runbooks={rest.filter(({ critical }) => !critical)}
      />
    </>
  );
}

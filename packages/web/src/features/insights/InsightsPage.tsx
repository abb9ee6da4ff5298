import { Skeleton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { getInsights } from '@trunkline/contract/insights';
import type { InsightGroup } from '@trunkline/contract/insights';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation } from '../../lib/api.ts';
import { AnswerCard } from './AnswerCard.tsx';
import { RecordingCard } from './RecordingCard.tsx';
import type { InsightRange, InsightsSearch } from './insights-search.ts';
import classes from './InsightsPage.module.css';

const groups: { value: InsightGroup; label: string }[] = [
  { value: 'operational', label: 'Operation' },
  { value: 'experience', label: 'Experience' },
  { value: 'business', label: 'Business' },
  { value: 'security', label: 'Security' },
];

const ranges = [
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
] as const;

function Answers({ group, range }: { group: InsightGroup; range: InsightRange }) {
  const { data, error, refetch } = useOperation(getInsights, { group, range });
  if (error && !data) {
    return (
      <Card flush>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Card>
    );
  }
  if (!data) {
    return (
      <div className={classes.grid} aria-busy>
        {[1, 2, 3, 4].map((each) => (
          <Skeleton key={each} height={240} radius="lg" />
        ))}
      </div>
    );
  }
  return (
    <Stack>
      {!data.tracking.recording && (
        <Notice tone="disabled" title="Recording is off">
          Answers about what people do hold only what was recorded before. Calls, checks, limits and audit go
          on.
        </Notice>
      )}
      <div className={classes.grid}>
        {data.answers.map((answer) => (
          <AnswerCard key={answer.name} answer={answer} range={range} />
        ))}
      </div>
      <RecordingCard tracking={data.tracking} />
    </Stack>
  );
}

/** `/insights`: the questions of the tracking plan, each with an answer from real numbers (ACC-4, CRM §12). */
export function InsightsPage() {
  const search: InsightsSearch = useSearch({ from: '/shell/insights' });
  const navigate = useNavigate();
  const { group = 'operational', range = '30d' } = search;
  function go(change: InsightsSearch): void {
    void navigate({
      to: '/insights',
      search: { group, range, ...change },
      replace: true,
      resetScroll: false,
    });
  }
  return (
    <>
      <PageHeader
        title="Insights"
        subtitle="How the product is used, and what it leads to."
        actions={
          <FilterChips label="Time" value={range} onChange={(next) => go({ range: next })} chips={ranges} />
        }
      />
      <SegmentedTabs
        page
        label="Questions"
        value={group}
        onChange={(next) => go({ group: next })}
        tabs={groups.map((each) => ({ ...each, content: <Answers group={group} range={range} /> }))}
      />
    </>
  );
}

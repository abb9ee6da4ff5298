import { Skeleton } from '@mantine/core';
import { useParams, useSearch } from '@tanstack/react-router';
import { getAutomation } from '@trunkline/contract/automations';
import { listTemplates } from '@trunkline/contract/templates';
import { Lock, Workflow } from 'lucide-react';
import type { ReactNode } from 'react';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { useCan } from '../../lib/session.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { AutomationForm } from './AutomationForm.tsx';
import { draftOf, emptyDraft } from './automation-draft.ts';
import { mayNotEdit } from './automation-words.ts';

const back = { href: '/automations', label: 'Automations' };
const toList = (
  <ButtonLink href="/automations" variant="default">
    Back to the automations
  </ButtonLink>
);

function NewAutomation() {
  const { template: slug } = useSearch({ from: '/shell/automations/new' });
  const { data, error, refetch } = useOperation(listTemplates, {}, { enabled: slug !== undefined });
  const template = data?.data.find((each) => each.slug === slug);
  const makes = template?.makes.kind === 'automation' ? template.makes : null;
  let content: ReactNode;
  if (error) content = <ErrorState error={error} onRetry={() => void refetch()} />;
  else if (slug !== undefined && !data) content = <Skeleton height={320} radius="lg" aria-busy />;
  else {
    content = (
      <AutomationForm
        key={slug ?? ''}
        automation={null}
        initial={makes ? { ...emptyDraft, ...makes.automation } : emptyDraft}
        template={makes ? (slug ?? null) : null}
      />
    );
  }
  return (
    <>
      <PageHeader
        title="New automation"
        back={back}
        subtitle={template?.title ?? 'When an event comes, do something through your integrations.'}
      />
      {content}
    </>
  );
}

function EditAutomation({ id }: { id: string }) {
  const { data: automation, error, refetch } = useOperation(getAutomation, { id });
  if (error?.code === 'not_found') {
    return (
      <>
        <PageHeader title="Automation" back={back} />
        <Card>
          <EmptyState icon={Workflow} title="There is no such automation" actions={toList}>
            It may have been deleted.
          </EmptyState>
        </Card>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={automation?.name ?? 'Automation'}
        back={back}
        badge={automation && !automation.enabled && <StatusBadge status="disabled" label="Off" />}
        actions={
          <ButtonLink href={`/automations?tab=runs&automation=${id}`} variant="default">
            Runs
          </ButtonLink>
        }
      />
      {error && !automation && (
        <Card>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Card>
      )}
      {!automation && !error && <Skeleton height={320} radius="lg" aria-busy />}
      {automation && (
        <Stack>
          {automation.problem && (
            <Notice tone="degraded" title="Its runs cannot succeed just now">
              {automation.problem}
            </Notice>
          )}
          {automation.integrationId && (
            <Notice title="A switch on the page of its integration turns this on and off">
              What you change here stays when it is switched.
            </Notice>
          )}
          <AutomationForm
            key={automation.id}
            automation={automation}
            initial={draftOf(automation)}
            template={null}
          />
        </Stack>
      )}
    </>
  );
}

/** A new automation, or one to change. */
export function AutomationFormPage() {
  const { automationId } = useParams({ strict: false });
  const may = useCan('automation.write');
  if (!may) {
    return (
      <>
        <PageHeader title={automationId ? 'Automation' : 'New automation'} back={back} />
        <Card>
          <EmptyState icon={Lock} title="Your role does not change automations" actions={toList}>
            {mayNotEdit}
          </EmptyState>
        </Card>
      </>
    );
  }
  return automationId ? <EditAutomation key={automationId} id={automationId} /> : <NewAutomation />;
}

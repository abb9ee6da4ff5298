import { Button, Checkbox, Skeleton } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { getRunbook, runbookPhases } from '@trunkline/contract/runbooks';
import type { Runbook, RunbookStep, RunbookTarget } from '@trunkline/contract/runbooks';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';
import { ExternalLink, Printer, RotateCcw } from 'lucide-react';
import { Fragment } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { useOperation } from '../../lib/api.ts';
import { IntegrationStatusBadge } from '../integrations/integration-status.tsx';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { useDoneSteps } from './done-steps.ts';
import type { DoneSteps } from './done-steps.ts';
import { hrefOf } from './runbook-links.ts';
import { phaseTitles } from './runbook-words.ts';
import { StepAct } from './StepAct.tsx';
import classes from './RunbookPage.module.css';

/** What a button does on this page, so that no link is needed. */
const doneHere: readonly RunbookTarget[] = ['test', 'statusUpdate'];

function StepLink({ link }: { link: RunbookStep['links'][number] }) {
  const { href, outside } = hrefOf(link);
  if (!outside) {
    return (
      <ButtonLink variant="default" size="xs" href={href}>
        {link.label}
      </ButtonLink>
    );
  }
  return (
    <Button
      component="a"
      variant="default"
      size="xs"
      href={href}
      target="_blank"
      rel="noreferrer"
      rightSection={<ExternalLink size={12} aria-hidden />}
    >
      {link.label}
      <span className="visually-hidden"> (opens another site)</span>
    </Button>
  );
}

function Step({
  step,
  done,
  names,
}: {
  step: RunbookStep;
  done: DoneSteps;
  names: ReadonlyMap<string, string>;
}) {
  const key = `${step.phase} ${step.key}`;
  return (
    <li className={classes.step} data-done={done.has(key) || undefined}>
      <Checkbox
        label={step.title}
        description={step.detail}
        checked={done.has(key)}
        onChange={(event) => done.set(key, event.currentTarget.checked)}
      />
      {step.links.length > 0 && (
        <div className={classes.links}>
          {step.links.map((link) => (
            <Fragment key={`${link.target} ${link.integrationId}`}>
              <StepAct link={link} name={names.get(link.integrationId ?? '') ?? null} />
              {!doneHere.includes(link.target) && <StepLink link={link} />}
            </Fragment>
          ))}
        </div>
      )}
    </li>
  );
}

function Integrations({ runbook }: { runbook: Runbook }) {
  if (runbook.integrations.length === 0) {
    return (
      <Card title="Integrations">
        <p className={classes.none}>
          Nothing of this category is connected. The procedure is here, so that you can read it before you
          need it.
        </p>
      </Card>
    );
  }
  return (
    <Card title="Integrations" description="What this is about, as it is now." flush>
      <ul className={classes.integrations}>
        {runbook.integrations.map(({ id, name, provider, status }) => (
          <li key={id}>
            <ProviderLogo slug={provider.slug} name={provider.name} />
            <span className={classes.words}>
              <AppLink href={`/integrations/${id}`}>{name}</AppLink>
              <span className={classes.provider}>{provider.name}</span>
            </span>
            <IntegrationStatusBadge status={status} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Steps({ runbook }: { runbook: Runbook }) {
  const done = useDoneSteps(runbook.category);
  const names = new Map(runbook.integrations.map(({ id, name }) => [id, name]));
  return (
    <>
      <p className={classes.progress} role="status">
        {done.count} of {runbook.steps.length} steps done
        {done.count > 0 && (
          <Button
            variant="subtle"
            size="xs"
            leftSection={<RotateCcw size={12} aria-hidden />}
            onClick={() => done.reset()}
          >
            Start again
          </Button>
        )}
      </p>
      {runbookPhases.map((phase) => (
        <Card key={phase} title={phaseTitles[phase].title} description={phaseTitles[phase].about} flush>
          <ul className={classes.steps}>
            {runbook.steps
              .filter((step) => step.phase === phase)
              .map((step) => (
                <Step key={step.key} step={step} done={done} names={names} />
              ))}
          </ul>
        </Card>
      ))}
    </>
  );
}

/** The emergency procedure of one category: its steps, ticked off as they are done, and the buttons that do them. */
export function RunbookPage() {
  const { category } = useParams({ from: '/shell/runbooks/$category' });
  const { data, error, refetch } = useOperation(getRunbook, { category: category as ProviderCategory });
  return (
    <>
      <PageHeader
        title={data ? `${data.label} does not work` : 'Runbook'}
        live
        subtitle={data?.impact}
        back={{ href: '/runbooks', label: 'Runbooks' }}
        actions={
          <Button variant="default" leftSection={<Printer aria-hidden />} onClick={() => window.print()}>
            Print
          </Button>
        }
      />
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={320} />}
      {data && (
        <div className={classes.columns}>
          <div>
            <Steps runbook={data} />
          </div>
          <div>
            <Integrations runbook={data} />
          </div>
        </div>
      )}
    </>
  );
}

import { Button, Skeleton } from '@mantine/core';
import { listTemplates } from '@trunkline/contract/templates';
import type { Template } from '@trunkline/contract/templates';
import type { ReactNode } from 'react';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorState } from '../../../components/ErrorState.tsx';
import { KeyValueList } from '../../../components/KeyValueList.tsx';
import { LockedAction } from '../../../components/LockedAction.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { ProviderLogo } from '../../../components/ProviderLogo.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { StatusBadge } from '../../../components/StatusBadge.tsx';
import { DialogStep, StepDialog, StepFooter } from '../../../components/StepDialog.tsx';
import { useOperation } from '../../../lib/api.ts';
import { mayNotEdit } from '../../automations/automation-words.ts';
import { ButtonLink } from '../../webhooks/ButtonLink.tsx';
import { EventChips } from '../../webhooks/EventChips.tsx';
import { lockedReasons as webhookReasons } from '../../webhooks/reasons.ts';
import { SetupSteps } from '../connect/SetupSteps.tsx';
import { lockedReasons } from '../reasons.ts';
import { webhookHref } from './template-words.ts';
import classes from './templates.module.css';

type TemplateProvider = { slug: string; name: string; connected: number };

interface ChoiceProps {
  purpose: string;
  providers: readonly TemplateProvider[];
  onConnect: (slug: string) => void;
}

/** The providers for one purpose, each with its state or the way to connect it. */
function Choice({ purpose, providers, onConnect }: ChoiceProps) {
  return (
    <section aria-label={purpose}>
      <h3 className={classes.purpose}>{purpose}</h3>
      <ul className={classes.choices}>
        {providers.map(({ slug, name, connected }) => (
          <li key={slug}>
            <ProviderLogo slug={slug} name={name} size={28} />
            <span className={classes.name}>{name}</span>
            {connected > 0 && <StatusBadge status="active" label="Connected" />}
            <LockedAction permission="integration.write" reason={lockedReasons.write}>
              <Button
                size="xs"
                variant="default"
                aria-label={connected > 0 ? `Connect another ${name}` : `Connect ${name}`}
                onClick={() => onConnect(slug)}
              >
                {connected > 0 ? 'Connect another' : 'Connect'}
              </Button>
            </LockedAction>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Content({ template, onConnect }: { template: Template; onConnect: (slug: string) => void }) {
  const { makes, needs, steps } = template;
  return (
    <Stack>
      <p className={classes.text}>{template.description}</p>
      {needs && !needs.met && (
        <Notice tone="degraded" title="Something has to be connected first">
          <Choice purpose="One of these" providers={needs.providers} onConnect={onConnect} />
        </Notice>
      )}
      <SetupSteps steps={steps} />
      {makes.kind === 'webhook' ? (
        <KeyValueList
          items={[
            { label: 'Name', value: makes.webhook.name },
            { label: 'Events', value: <EventChips events={makes.webhook.events} limit={8} /> },
            { label: 'Address', value: makes.urlHint },
            { label: 'Looks like', value: <span className="mono">{makes.urlExample}</span> },
          ]}
        />
      ) : makes.kind === 'automation' ? (
        makes.capabilities.map(({ capability, label, providers }) => (
          <Choice key={capability} purpose={label} providers={providers} onConnect={onConnect} />
        ))
      ) : (
        makes.choices.map(({ purpose, providers }) => (
          <Choice key={purpose} purpose={purpose} providers={providers} onConnect={onConnect} />
        ))
      )}
      {makes.kind === 'connections' && makes.done && (
        <Notice tone="active" title="All of it is connected">
          Nothing is left to do here.
        </Notice>
      )}
    </Stack>
  );
}

export interface TemplateDialogProps {
  /** Which template; null: closed. */
  slug: string | null;
  onConnect: (provider: string) => void;
  onClose: () => void;
}

/** Leads through a common set-up: what to do, and the way to each of its parts (CONN-9). */
export function TemplateDialog({ slug, onConnect, onClose }: TemplateDialogProps) {
  const { data, error, refetch } = useOperation(listTemplates, {}, { enabled: slug !== null });
  const template = data?.data.find((each) => each.slug === slug);
  let content: ReactNode;
  if (template) {
    content = (
      <DialogStep key={template.slug} title={template.title} subtitle="Template">
        <Content template={template} onConnect={onConnect} />
        <StepFooter
          start={
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
          }
        >
          {template.makes.kind === 'webhook' && (
            <LockedAction permission="webhook.write" reason={webhookReasons.write}>
              <ButtonLink href={webhookHref(template.makes)}>Fill in the webhook</ButtonLink>
            </LockedAction>
          )}
          {template.makes.kind === 'automation' && (
            <LockedAction permission="automation.write" reason={mayNotEdit}>
              <ButtonLink href={`/automations/new?template=${template.slug}`}>
                Fill in the automation
              </ButtonLink>
            </LockedAction>
          )}
        </StepFooter>
      </DialogStep>
    );
  } else {
    content = (
      <DialogStep key="none" title="Template">
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!error && !data && <Skeleton height={160} />}
        {data && <EmptyState title="There is no such template">It may have been renamed.</EmptyState>}
      </DialogStep>
    );
  }
  return (
    <StepDialog opened={slug !== null} onClose={onClose} size={560}>
      {content}
    </StepDialog>
  );
}

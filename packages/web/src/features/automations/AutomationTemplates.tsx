import { Skeleton } from '@mantine/core';
import { listTemplates } from '@trunkline/contract/templates';
import type { Template } from '@trunkline/contract/templates';
import { CircleCheck, TriangleAlert, Webhook, Workflow } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { useOperation } from '../../lib/api.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { webhookHref } from '../integrations/templates/template-words.ts';
import { lockedReasons } from '../webhooks/reasons.ts';
import { mayNotEdit } from './automation-words.ts';
import classes from './Automations.module.css';

type Needed = Extract<Template['makes'], { kind: 'automation' }>['capabilities'][number];

function NeedLine({ need }: { need: Needed }) {
  return (
    <li className={classes.need} data-met={need.connected || undefined}>
      {need.connected ? <CircleCheck size={14} aria-hidden /> : <TriangleAlert size={14} aria-hidden />}
      <span>
        {need.label}: {need.connected ? 'connected' : 'nothing connected yet'}
        {!need.connected && (
          <>
            {' · '}
            <AppLink href="/integrations?tab=available">Connect</AppLink>
          </>
        )}
      </span>
    </li>
  );
}

function TemplateCard({ template }: { template: Template }) {
  const { makes, slug, title, description } = template;
  const isWebhook = makes.kind === 'webhook';
  const Icon = isWebhook ? Webhook : Workflow;
  return (
    <li className={classes.card}>
      <h2 className={classes.cardTitle}>{title}</h2>
      <p className={classes.kind}>
        <Icon size={14} aria-hidden /> {isWebhook ? 'Webhook' : 'Automation'}
      </p>
      <p className={classes.about}>{description}</p>
      {makes.kind === 'automation' && (
        <ul className={classes.needs}>
          {makes.capabilities.map((need) => (
            <NeedLine key={need.capability} need={need} />
          ))}
        </ul>
      )}
      <div className={classes.cardFoot}>
        {makes.kind === 'webhook' ? (
          <LockedAction permission="webhook.write" reason={lockedReasons.write}>
            <ButtonLink href={webhookHref(makes)} size="xs" variant="default">
              Use template<span className="visually-hidden"> {title}</span>
            </ButtonLink>
          </LockedAction>
        ) : (
          <LockedAction permission="automation.write" reason={mayNotEdit}>
            <ButtonLink href={`/automations/new?template=${slug}`} size="xs" variant="default">
              Use template<span className="visually-hidden"> {title}</span>
            </ButtonLink>
          </LockedAction>
        )}
      </div>
    </li>
  );
}

/** What to begin with: automations, and webhooks for other systems (CONN-9). */
export function AutomationTemplates() {
  const { data, error, refetch } = useOperation(listTemplates, {});
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={320} radius="lg" aria-busy />;
  const offered = data.data.filter(({ makes }) => makes.kind !== 'connections');
  const order = (template: Template) => (template.makes.kind === 'automation' ? 0 : 1);
  return (
    <ul className={classes.gallery}>
      {offered
        .toSorted((a, b) => order(a) - order(b))
        .map((template) => (
          <TemplateCard key={template.slug} template={template} />
        ))}
    </ul>
  );
}

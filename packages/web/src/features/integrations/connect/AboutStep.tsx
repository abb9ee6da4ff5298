import { Button, Radio } from '@mantine/core';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import { Check, ExternalLink } from 'lucide-react';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { BusyButton } from '../../../components/BusyButton.tsx';
import { LockedAction } from '../../../components/LockedAction.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { ProviderLogo } from '../../../components/ProviderLogo.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { DialogStep, StepFooter } from '../../../components/StepDialog.tsx';
import { countOf } from '../../../lib/format.ts';
import { CategoryTag } from '../CategoryTag.tsx';
import { CustomProviderActions } from '../custom/CustomProviderActions.tsx';
import { lockedReasons } from '../reasons.ts';
import tags from '../Tag.module.css';
import { ExchangeFacts } from './ExchangeFacts.tsx';
import { PermissionList } from './PermissionList.tsx';
import { SetupSteps } from './SetupSteps.tsx';
import { evidenceWords } from './connect-words.ts';
import classes from './connect.module.css';

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <h3 className={classes.heading} id={id}>
        {title}
      </h3>
      {children}
    </section>
  );
}

function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {children} <ExternalLink size={12} aria-hidden />
      <span className="visually-hidden">(opens in a new tab)</span>
    </a>
  );
}

export interface AboutStepProps {
  provider: ProviderDetail;
  /** Which way of connecting is chosen. */
  way: number;
  onWay: (way: number) => void;
  scopes: ReadonlySet<string>;
  onScopes: (scopes: ReadonlySet<string>) => void;
  /** What has to be done first, e.g. an app at the provider. */
  before?: ReactNode;
  /** The button's words, when it leads to something else first. */
  label?: string;
  busy: boolean;
  /** Nobody but an administrator can go on. */
  blocked: boolean;
  onConnect: () => void;
  /** Changes the definition of one's own provider. */
  onEdit: () => void;
  onClose: () => void;
}

/** What a provider is, what one gets, what it will be able to do, and how to prepare it (CONN-1, S17 17.4). */
export function AboutStep(props: AboutStepProps) {
  const { provider, way, scopes, before, busy, blocked, onConnect, onClose } = props;
  const { name, connections, setupSteps, docsUrl, website, notes } = provider;
  const connection = connections[way];
  const evidence = evidenceWords(provider);
  if (!connection) return null;
  return (
    <DialogStep
      title={name}
      logo={<ProviderLogo slug={provider.slug} name={name} size={48} />}
      subtitle={
        <>
          <CategoryTag category={provider.category} />
          {provider.byFiles && <span className={tags.tag}>Exchanges files</span>}
          {!provider.selfServe && <span className={tags.tag}>Needs a contract first</span>}
          {provider.connected > 0 && (
            <span>{countOf(provider.connected, 'integration', 'integrations')} already</span>
          )}
        </>
      }
    >
      <Stack>
        <p className={classes.text}>{provider.description}</p>
        {provider.custom && (
          <CustomProviderActions provider={provider} onEdit={props.onEdit} onRemoved={onClose} />
        )}
        {connections.length > 1 && (
          <Section title="How to connect">
            <Radio.Group
              aria-label="How to connect"
              value={String(way)}
              onChange={(value) => props.onWay(Number(value))}
            >
              <Stack gap={8}>
                {connections.map((each, index) => (
                  <Radio
                    key={`${each.type}-${each.label}`}
                    value={String(index)}
                    label={index === 0 ? `${each.label} (recommended)` : each.label}
                  />
                ))}
              </Stack>
            </Radio.Group>
          </Section>
        )}
        <Section title="Features">
          <ul className={classes.features}>
            {provider.features.map((feature) => (
              <li key={feature}>
                <Check size={15} aria-hidden />
                {feature}
              </li>
            ))}
          </ul>
        </Section>
        {(connection.permissions.length > 0 || connection.oauth2) && (
          <Section title={connection.oauth2 ? 'Permissions it will ask for' : 'What it will be able to do'}>
            <PermissionList connection={connection} chosen={scopes} onChosen={props.onScopes} />
          </Section>
        )}
        {provider.exchange && (
          <Section title="How it works">
            <ExchangeFacts provider={provider} />
          </Section>
        )}
        <Section title={`Before you connect, at ${name}`}>
          <SetupSteps steps={setupSteps} />
        </Section>
        {notes && <p className={classes.quiet}>{notes}</p>}
        {evidence && <Notice tone="disabled">{evidence}</Notice>}
        {(docsUrl ?? website) && (
          <p className={classes.links}>
            {docsUrl && <OutsideLink href={docsUrl}>Documentation of {name}</OutsideLink>}
            {website && <OutsideLink href={website}>{new URL(website).host}</OutsideLink>}
          </p>
        )}
        {before}
      </Stack>
      <StepFooter
        start={
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        }
      >
        {!blocked && (
          <LockedAction permission="integration.write" reason={lockedReasons.write}>
            <BusyButton busy={busy} onClick={onConnect}>
              {props.label ?? `Connect with ${name}`}
            </BusyButton>
          </LockedAction>
        )}
      </StepFooter>
    </DialogStep>
  );
}

import { Button, Skeleton, TextInput } from '@mantine/core';
import { listProviders } from '@trunkline/contract/catalog';
import type { ProviderSummary } from '@trunkline/contract/catalog';
import { genericProvider } from '@trunkline/contract/inbound';
import { Search, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { ErrorState } from '../../components/ErrorState.tsx';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { Stack } from '../../components/Stack.tsx';
import { DialogStep, StepFooter } from '../../components/StepDialog.tsx';
import { useOperation } from '../../lib/api.ts';
import { findSenders } from './find-senders.ts';
import classes from './inbound.module.css';

function Sender({ provider, onChoose }: { provider: ProviderSummary; onChoose: () => void }) {
  const { slug, name, category, connected } = provider;
  return (
    <li>
      <button type="button" className={classes.sender} onClick={onChoose}>
        <ProviderLogo slug={slug} name={name} size={28} />
        <span className={classes.words}>
          <span className={classes.title}>{name}</span>
          <span className={classes.line}>{connected > 0 ? 'Connected' : category.label}</span>
        </span>
      </button>
    </li>
  );
}

/** Who sends: a provider of the catalog, or anybody who signs with a shared key. */
export function ProviderStep({
  onChoose,
  onCancel,
}: {
  onChoose: (slug: string) => void;
  onCancel: () => void;
}) {
  const [search, setSearch] = useState('');
  const providers = useOperation(listProviders, {});
  const found = findSenders(providers.data?.data ?? [], search);
  return (
    <DialogStep title="Add a source" subtitle="Who sends webhooks to you?">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = found;
          if (search.trim() !== '' && first) onChoose(first.slug);
        }}
      >
        <Stack gap={12}>
          <button type="button" className={classes.sender} onClick={() => onChoose(genericProvider)}>
            <span className={classes.icon}>
              <ShieldCheck size={16} aria-hidden />
            </span>
            <span className={classes.words}>
              <span className={classes.title}>Any sender (HMAC)</span>
              <span className={classes.line}>
                Your own program, or a service that signs with a shared key
              </span>
            </span>
          </button>
          <TextInput
            aria-label="Search providers"
            placeholder="Search providers"
            leftSection={<Search size={15} aria-hidden />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            data-autofocus
          />
          {providers.error ? (
            <ErrorState error={providers.error} onRetry={() => void providers.refetch()} />
          ) : !providers.data ? (
            <Skeleton height={260} aria-busy />
          ) : found.length > 0 ? (
            <ul className={classes.senders} aria-label="Providers">
              {found.map((provider) => (
                <Sender key={provider.slug} provider={provider} onChoose={() => onChoose(provider.slug)} />
              ))}
            </ul>
          ) : (
            <p className={classes.text} role="status">
              No provider whose webhooks are known is called so. Take “Any sender” if it signs with a shared
              key.
            </p>
          )}
        </Stack>
      </form>
      <StepFooter
        start={
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        }
      >
        {null}
      </StepFooter>
    </DialogStep>
  );
}

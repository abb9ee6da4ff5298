import { Button, Select, Skeleton, TextInput } from '@mantine/core';
import { getProvider } from '@trunkline/contract/catalog';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import { createInboundSource, genericProvider, listInboundSources } from '@trunkline/contract/inbound';
import { listIntegrations } from '@trunkline/contract/integrations';
import type { OutputOf } from '@trunkline/contract/operation';
import { useRef, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { Stack } from '../../components/Stack.tsx';
import { DialogStep, StepFooter } from '../../components/StepDialog.tsx';
import type { StepProblem } from '../../components/StepDialog.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { readNetworkList } from '../api-key/networks.ts';
import { CredentialFields } from '../integrations/CredentialFields.tsx';
import { credentialProblems, enteredValues } from '../integrations/credential-rules.ts';
import { Fold } from '../integrations/connect/Fold.tsx';
import { focusFirstError } from '../integrations/connect/focus-first-error.ts';
import { LimitFields, limitProblems, usualLimits } from './LimitFields.tsx';
import { SignatureFields, signatureProblems, usualSignature } from './SignatureFields.tsx';
import { genericKeyField, keyFieldOf } from './key-field.ts';
import { sourceErrors } from './source-errors.ts';
import classes from './inbound.module.css';

export type CreatedSource = OutputOf<typeof createInboundSource>;

interface SourceFormProps {
  /** Null: any sender that signs with a shared key. */
  provider: ProviderDetail | null;
  onCreated: (source: CreatedSource) => void;
  onBack: () => void;
}

const ownKey = 'own';

function SourceForm({ provider, onCreated, onBack }: SourceFormProps) {
  const root = useRef<HTMLFormElement>(null);
  const keyField = provider ? keyFieldOf(provider) : genericKeyField;
  const integrations = useOperation(
    listIntegrations,
    { provider: provider?.slug ?? '', limit: 100 },
    { enabled: provider !== null },
  );
  const connected = integrations.data?.data ?? [];
  const [name, setName] = useState(provider?.name ?? '');
  const [integrationId, setIntegrationId] = useState(ownKey);
  const [values, setValues] = useState<Record<string, string>>({});
  const [signature, setSignature] = useState(usualSignature);
  const [limits, setLimits] = useState(usualLimits);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<StepProblem | null>(null);
  const create = useOperationMutation(createInboundSource, {
    invalidates: [listInboundSources],
    onSuccess: onCreated,
    onError: (error) => {
      const { byField, rest } = sourceErrors(error);
      show(byField);
      setProblem(rest === null ? null : { message: rest, requestId: error.requestId });
    },
  });
  const usesOwnKey = integrationId === ownKey;
  const keyFields = keyField && usesOwnKey ? [keyField] : [];

  function show(found: Record<string, string>): void {
    setErrors(found);
    if (Object.keys(found).length > 0) focusFirstError(root.current);
  }

  function submit(): void {
    const keyProblem = Object.values(credentialProblems(keyFields, values))[0];
    const found = {
      ...(name.trim() === '' ? { name: 'Give it a name' } : {}),
      ...(keyProblem === undefined ? {} : { key: keyProblem }),
      ...(provider === null ? signatureProblems(signature) : {}),
      ...limitProblems(limits),
    };
    show(found);
    setProblem(null);
    if (Object.keys(found).length > 0) return;
    const key = Object.values(enteredValues(keyFields, values))[0];
    create.mutate({
      provider: provider?.slug ?? genericProvider,
      name: name.trim(),
      ...(key === undefined ? {} : { key }),
      ...(usesOwnKey ? {} : { integrationId }),
      ...(provider === null ? { signature } : {}),
      allowedAddresses: readNetworkList(limits.addresses),
      perMinute: limits.perMinute ?? usualLimits.perMinute ?? 1,
    });
  }

  return (
    <form
      ref={root}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending) submit();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="How it is called here; useful when there are several."
          placeholder={provider ? '' : 'Payroll system'}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors['name']}
          data-autofocus
        />
        {provider === null && <SignatureFields value={signature} onChange={setSignature} errors={errors} />}
        {connected.length > 0 && (
          <Select
            label="Key"
            description="What the signatures of its webhooks are checked with."
            data={[
              { value: ownKey, label: 'A key of its own' },
              ...connected.map((each) => ({ value: each.id, label: `From the integration ${each.name}` })),
            ]}
            allowDeselect={false}
            value={integrationId}
            onChange={(value) => setIntegrationId(value ?? ownKey)}
          />
        )}
        {keyFields.length > 0 && (
          <div>
            <CredentialFields
              type="api_key"
              fields={keyFields}
              values={values}
              onChange={setValues}
              errors={errors['key'] === undefined ? {} : { [keyField?.key ?? '']: errors['key'] }}
              withoutReferences
            />
            {provider && (
              <p className={classes.note}>
                You may enter it later: some providers show it only after they know the address. Until then
                everything is refused.
              </p>
            )}
          </div>
        )}
        {keyField === null && (
          <p className={classes.text}>
            {provider?.name} signs with a key that it publishes itself; there is nothing to enter.
          </p>
        )}
        <Fold
          title="Allowed addresses and rate (optional)"
          forced={errors['allowedAddresses'] !== undefined || errors['perMinute'] !== undefined}
        >
          <LimitFields value={limits} onChange={setLimits} errors={errors} />
        </Fold>
      </Stack>
      <StepFooter
        problem={problem}
        start={
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
        }
      >
        <BusyButton type="submit" busy={create.isPending}>
          Create source
        </BusyButton>
      </StepFooter>
    </form>
  );
}

/** The values of a new source. */
export function SourceStep({
  slug,
  onCreated,
  onBack,
}: {
  slug: string;
  onCreated: (source: CreatedSource) => void;
  onBack: () => void;
}) {
  const isGeneric = slug === genericProvider;
  const provider = useOperation(getProvider, { slug }, { enabled: !isGeneric });
  const title = isGeneric ? 'Webhooks of any sender' : `Webhooks of ${provider.data?.name ?? '…'}`;
  return (
    <DialogStep
      key={isGeneric || provider.data ? 'form' : 'loading'}
      title={title}
      subtitle={
        isGeneric ? 'Checked by a key that you share with the sender' : 'Checked by its own signature'
      }
      {...(provider.data && {
        logo: <ProviderLogo slug={slug} name={provider.data.name} size={48} />,
      })}
    >
      {isGeneric ? (
        <SourceForm provider={null} onCreated={onCreated} onBack={onBack} />
      ) : provider.data ? (
        <SourceForm provider={provider.data} onCreated={onCreated} onBack={onBack} />
      ) : provider.error ? (
        <ErrorState error={provider.error} onRetry={() => void provider.refetch()} />
      ) : (
        <Skeleton height={300} aria-busy />
      )}
    </DialogStep>
  );
}

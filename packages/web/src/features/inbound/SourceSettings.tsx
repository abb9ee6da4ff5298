import { TextInput } from '@mantine/core';
import { getInboundSource, listInboundSources, updateInboundSource } from '@trunkline/contract/inbound';
import type { InboundSignature, InboundSource } from '@trunkline/contract/inbound';
import { useRef, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StickySaveBar } from '../../components/StickySaveBar.tsx';
import { UnsavedGuard } from '../../components/UnsavedGuard.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { readNetworkList } from '../api-key/networks.ts';
import { focusFirstError } from '../integrations/connect/focus-first-error.ts';
import { LimitFields, limitProblems } from './LimitFields.tsx';
import type { SourceLimits } from './LimitFields.tsx';
import { SignatureFields, signatureProblems } from './SignatureFields.tsx';
import { lockedReasons } from './reasons.ts';
import { sourceErrors } from './source-errors.ts';

interface Form {
  name: string;
  limits: SourceLimits;
  signature: InboundSignature | null;
}

function formOf({ name, allowedAddresses, perMinute, signature }: InboundSource): Form {
  return { name, limits: { addresses: allowedAddresses.join('\n'), perMinute }, signature };
}

/** Name, proof of any sender, allowed addresses and rate of a source: saved together. */
export function SourceSettings({ source }: { source: InboundSource }) {
  const may = useCan('inbound.write');
  const root = useRef<HTMLFormElement>(null);
  // Null: nothing is typed, and what others save is shown at once.
  const [typed, setTyped] = useState<Form | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const form = typed ?? formOf(source);
  const dirty = JSON.stringify(form) !== JSON.stringify(formOf(source));
  const save = useOperationMutation(updateInboundSource, {
    invalidates: [getInboundSource, listInboundSources],
    onSuccess: (saved) => {
      reset();
      notifyDone('Settings saved', saved.name);
    },
    onError: (error) => {
      const { byField, rest } = sourceErrors(error);
      setErrors(byField);
      setProblem(rest);
      focusFirstError(root.current);
    },
  });

  function reset(): void {
    setTyped(null);
    setErrors({});
    setProblem(null);
  }

  function submit(): void {
    const found = {
      ...(form.name.trim() === '' ? { name: 'Give it a name' } : {}),
      ...(form.signature ? signatureProblems(form.signature) : {}),
      ...limitProblems(form.limits),
    };
    setErrors(found);
    setProblem(null);
    if (Object.keys(found).length > 0) {
      focusFirstError(root.current);
      return;
    }
    save.mutate({
      id: source.id,
      name: form.name.trim(),
      allowedAddresses: readNetworkList(form.limits.addresses),
      perMinute: form.limits.perMinute ?? source.perMinute,
      ...(form.signature ? { signature: form.signature } : {}),
    });
  }

  return (
    <>
      {/* Outside the form: what its dialog submits would bubble into this one. */}
      <UnsavedGuard subject="this source" isDirty={() => dirty} />
      <form
        ref={root}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!save.isPending && dirty) submit();
        }}
      >
        <Stack>
          {!may && (
            <Notice tone="disabled" title="You can look, but not change">
              {lockedReasons.write}
            </Notice>
          )}
          <Card title="Settings">
            <Stack>
              <TextInput
                label="Name"
                maxLength={100}
                disabled={!may}
                value={form.name}
                onChange={(event) => setTyped({ ...form, name: event.currentTarget.value })}
                error={errors['name']}
              />
              <LimitFields
                value={form.limits}
                onChange={(limits) => setTyped({ ...form, limits })}
                errors={errors}
                disabled={!may}
              />
            </Stack>
          </Card>
          {form.signature && (
            <Card
              title="Proof of the sender"
              description="It has to fit what the sender does, or everything is refused."
            >
              <SignatureFields
                value={form.signature}
                onChange={(signature) => setTyped({ ...form, signature })}
                errors={errors}
                disabled={!may}
              />
            </Card>
          )}
        </Stack>
        <StickySaveBar dirty={dirty} saving={save.isPending} onReset={reset} error={problem} />
      </form>
    </>
  );
}

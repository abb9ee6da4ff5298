import { Radio } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getProvider } from '@trunkline/contract/catalog';
import {
  genericProvider,
  getInboundSource,
  listInboundSources,
  replaceInboundKey,
} from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import type { OutputOf } from '@trunkline/contract/operation';
import { useEffect, useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Stack } from '../../components/Stack.tsx';
import { ApiError, toApiError } from '../../lib/api-error.ts';
import { callOperation, invalidateOperations, useOperation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { CredentialFields } from '../integrations/CredentialFields.tsx';
import { credentialProblems, enteredValues } from '../integrations/credential-rules.ts';
import { genericKeyField, keyFieldOf } from './key-field.ts';
import { senderOf } from './source-words.ts';
import classes from './inbound.module.css';

const overlaps = [
  { value: '0', label: 'At once', description: 'For a key that has leaked, or was wrong.' },
  {
    value: '3600',
    label: 'After 1 hour',
    description: 'Until then webhooks signed with either are accepted.',
  },
  {
    value: '86400',
    label: 'After 24 hours',
    description: 'Until then webhooks signed with either are accepted.',
  },
];

export interface ReplaceKeyDialogProps {
  source: InboundSource;
  opened: boolean;
  onClose: () => void;
  /** A key that was made here, to be shown this once. */
  onMade: (key: string) => void;
}

/** Asks for a new key of a source, and how long the old one stays good. */
export function ReplaceKeyDialog({ source, opened, onClose, onMade }: ReplaceKeyDialogProps) {
  const client = useQueryClient();
  const isGeneric = source.provider === genericProvider;
  const provider = useOperation(getProvider, { slug: source.provider }, { enabled: opened && !isGeneric });
  const [values, setValues] = useState<Record<string, string>>({});
  const [overlap, setOverlap] = useState('0');
  useEffect(() => {
    if (!opened) return;
    setValues({});
    setOverlap('0');
  }, [opened]);
  const known = isGeneric ? genericKeyField : provider.data && keyFieldOf(provider.data);
  const field = {
    ...(known ?? genericKeyField),
    ...(isGeneric ? {} : { label: source.keyLabel, help: source.keyHelp }),
    // Whether one can be made here, the server knows.
    optional: true,
  };
  const hasOld = source.keyFrom === 'source';

  async function replace(key: string | undefined): Promise<OutputOf<typeof replaceInboundKey>> {
    try {
      return await callOperation(replaceInboundKey, {
        id: source.id,
        overlapSeconds: hasOld ? Number(overlap) : 0,
        ...(key === undefined ? {} : { key }),
      });
    } catch (thrown) {
      // The dialog shows one sentence, and that of the field says more.
      const error = toApiError(thrown);
      const [first] = error.errors;
      if (!first) throw error;
      throw new ApiError({ code: error.code, detail: first.detail, requestId: error.requestId });
    }
  }

  async function confirm(): Promise<void> {
    const problem = credentialProblems([field], values)[field.key];
    if (problem !== undefined) throw new ApiError({ code: 'invalid_input', detail: problem });
    const key = enteredValues([field], values)[field.key];
    const made = await replace(key);
    await invalidateOperations(client, [getInboundSource, listInboundSources]);
    notifyDone(hasOld ? 'The key is replaced' : 'The key is saved', source.name);
    if (made.key !== null) onMade(made.key);
  }

  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={hasOld ? `Replace the key of “${source.name}”?` : `Enter the key of “${source.name}”`}
      confirmLabel={hasOld ? 'Replace key' : 'Save key'}
      onConfirm={confirm}
    >
      <Stack>
        {source.keyFrom === 'integration' && (
          <p className={classes.text}>
            It takes the place of the one in the integration’s credentials, for this source only.
          </p>
        )}
        <CredentialFields
          type="api_key"
          fields={[field]}
          values={values}
          onChange={setValues}
          withoutReferences
        />
        {hasOld && (
          <Radio.Group label="The old key ends" value={overlap} onChange={setOverlap}>
            <div className={classes.choices}>
              {overlaps.map((choice) => (
                <Radio key={choice.value} {...choice} />
              ))}
            </div>
          </Radio.Group>
        )}
        {isGeneric && (
          <p className={classes.text}>
            A new key has to be given to {senderOf(source)}, or its webhooks are refused.
          </p>
        )}
      </Stack>
    </ConfirmDialog>
  );
}

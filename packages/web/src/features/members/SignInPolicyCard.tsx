import { Select, Tooltip } from '@mantine/core';
import { getSession } from '@trunkline/contract/access';
import { getSignInPolicy, saveSignInPolicy } from '@trunkline/contract/account';
import type { InputOf } from '@trunkline/contract/operation';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { CardToCome } from './CardToCome.tsx';
import classes from './MembersPage.module.css';

type Policy = InputOf<typeof saveSignInPolicy>['secondFactor'];

const choices: { value: Policy; label: string }[] = [
  { value: 'nobody', label: 'Nobody; each as they like' },
  { value: 'administrators', label: 'Administrators of both kinds' },
  { value: 'everybody', label: 'Everybody' },
];

const about = {
  title: 'Signing in',
  description: 'What is asked of people who sign in to this organization.',
};

/** Of whom the organization requires a second factor. */
export function SignInPolicyCard() {
  const may = useCan('sign_in.write');
  const query = useOperation(getSignInPolicy, {});
  const [next, setNext] = useState<Policy | null>(null);
  const save = useOperationMutation(saveSignInPolicy, { invalidates: [getSignInPolicy, getSession] });
  if (!query.data) return <CardToCome {...about} query={query} height={64} />;
  const { secondFactor, lacking } = query.data;
  const names = lacking.map(({ name }) => name).join(', ');
  return (
    <Card {...about}>
      <Stack gap={12}>
        <Tooltip label="Only a system administrator sets this." disabled={may}>
          <Select
            className={classes.policy}
            label="Who must have a second factor"
            data={choices}
            value={secondFactor}
            readOnly={!may}
            onChange={(value) => {
              if (value && value !== secondFactor) setNext(value);
            }}
          />
        </Tooltip>
        <p className={classes.quiet}>
          {lacking.length === 0 ? 'All members have a second factor.' : `Without a second factor: ${names}.`}
        </p>
      </Stack>
      <ConfirmDialog
        opened={next !== null}
        onClose={() => setNext(null)}
        title="Change who must have a second factor?"
        confirmLabel="Change"
        onConfirm={async () => {
          if (next === null) return;
          await save.mutateAsync({ secondFactor: next });
          notifyDone('Saved');
        }}
      >
        {next === 'nobody'
          ? 'Members keep the second factors that they have, and may remove them.'
          : 'Whoever has none is led to set one up with their next click, before anything else. It holds for you too.'}
      </ConfirmDialog>
    </Card>
  );
}

import { Button, Switch, Modal, PasswordInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { deleteSso, getSso, saveSso } from '@trunkline/contract/sso';
import type { OutputOf } from '@trunkline/contract/operation';
import { roles } from '@trunkline/contract/permissions';
import type { Role } from '@trunkline/contract/permissions';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { notifyDone } from '../../lib/notify.ts';
import { roleNames } from '../../lib/session.ts';
import { CardToCome } from './CardToCome.tsx';
import { SsoDomains } from './SsoDomains.tsx';
import classes from './MembersPage.module.css';

type Sso = OutputOf<typeof getSso>;
type Connection = NonNullable<Sso['connection']>;

const onlySystemAdministrators = 'Only a system administrator sets this.';
const nobody = 'nobody';
const roleChoices = [
  { value: nobody, label: 'Nobody; only who is invited or a member' },
  ...roles.map((role) => ({ value: role, label: `As ${roleNames[role].toLowerCase()}` })),
];

function SsoForm({ sso, onClose }: { sso: Sso; onClose: () => void }) {
  const { connection, callbackUrl } = sso;
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({
    initialValues: {
      issuer: connection?.issuer ?? '',
      clientId: connection?.clientId ?? '',
      clientSecret: '',
      domains: connection?.domains ?? [],
      defaultRole: connection?.defaultRole ?? nobody,
      required: connection?.required ?? false,
    },
    validate: {
      issuer: (value) => (/^https?:\/\/\S+$/.test(value.trim()) ? null : 'Enter the address of the issuer'),
      clientId: (value) => (value.trim() ? null : 'Enter the client id'),
      clientSecret: (value) => (value || connection ? null : 'Enter the client secret'),
    },
  });
  const save = useOperationMutation(saveSso, {
    invalidates: [getSso],
    onSuccess: () => {
      notifyDone('Identity provider saved');
      onClose();
    },
    onError: (error) => setProblem(applyFormErrors(form, error)),
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ issuer, clientId, clientSecret, defaultRole, ...rest }) => {
        setProblem(null);
        save.mutate({
          ...rest,
          issuer: issuer.trim(),
          clientId: clientId.trim(),
          ...(clientSecret ? { clientSecret } : {}),
          defaultRole: defaultRole === nobody ? null : (defaultRole as Role),
        });
      })}
    >
      <Stack>
        <div className={classes.link}>
          <TextInput
            label="Allowed callback address"
            description="Enter it at the identity provider, for a web application with the authorization code flow."
            value={callbackUrl}
            readOnly
            classNames={{ input: classes.mono ?? '' }}
          />
          <CopyButton withLabel label="Copy address" value={callbackUrl} />
        </div>
        <TextInput
          label="Issuer"
          description="E.g. https://acme.okta.com or https://acme.eu.auth0.com/"
          data-autofocus
          {...form.getInputProps('issuer')}
        />
        <TextInput label="Client id" autoComplete="off" {...form.getInputProps('clientId')} />
        <PasswordInput
          label="Client secret"
          autoComplete="off"
          {...(connection ? { placeholder: 'Stored; enter another to replace it' } : {})}
          {...form.getInputProps('clientSecret')}
        />
        <TagsInput
          label="E-mail domains"
          description="Whose addresses are believed, when the provider has verified them. Once proved, they lead here from the sign-in page."
          placeholder="example.com"
          {...form.getInputProps('domains')}
        />
        <Select
          label="Who comes for the first time, without an invitation"
          data={roleChoices}
          {...form.getInputProps('defaultRole')}
        />
        <Switch
          label="Everybody signs in through it"
          description="Except system administrators with a second factor, so that nobody is locked out when it fails."
          {...form.getInputProps('required', { type: 'checkbox' })}
        />
        <FormError message={problem} requestId={save.error?.requestId ?? null} />
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <BusyButton type="submit" busy={save.isPending}>
          Test and save
        </BusyButton>
      </DialogFooter>
    </form>
  );
}

interface FactsProps {
  connection: Connection;
  domains: Sso['domains'];
  signInUrl: string;
}

function Facts({ connection, domains, signInUrl }: FactsProps) {
  const { issuer, clientId, defaultRole, required } = connection;
  return (
    <KeyValueList
      items={[
        { label: 'Issuer', value: issuer },
        { label: 'Client id', value: <span className={classes.mono}>{clientId}</span> },
        {
          label: 'E-mail domains',
          value:
            domains.length > 0 ? <SsoDomains domains={domains} reason={onlySystemAdministrators} /> : 'None',
        },
        {
          label: 'Without an invitation',
          value:
            defaultRole === null ? 'Nobody comes in' : `Joins as ${roleNames[defaultRole].toLowerCase()}`,
        },
        { label: 'Required', value: required ? 'Of everybody' : 'No; passwords and passkeys work too' },
        { label: 'Sign-in link', value: <span className={classes.mono}>{signInUrl}</span> },
      ]}
    />
  );
}

const about = {
  title: 'Single sign-on',
  description: 'People sign in at your identity provider: Okta, Auth0, or any other with OpenID Connect.',
};

/** The organization's identity provider (ACC-1). */
export function SsoCard() {
  const query = useOperation(getSso, {});
  const [editing, setEditing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const remove = useOperationMutation(deleteSso, { invalidates: [getSso] });
  if (!query.data) return <CardToCome {...about} query={query} height={20} />;
  const { connection, domains, signInUrl } = query.data;
  return (
    <Card
      {...about}
      actions={
        <Row>
          {connection && (
            <LockedAction permission="sign_in.write" reason={onlySystemAdministrators}>
              <Button variant="default" onClick={() => setRemoving(true)}>
                Remove provider
              </Button>
            </LockedAction>
          )}
          <LockedAction permission="sign_in.write" reason={onlySystemAdministrators}>
            <Button variant="default" onClick={() => setEditing(true)}>
              {connection ? 'Change provider' : 'Set up'}
            </Button>
          </LockedAction>
        </Row>
      }
    >
      {connection ? (
        <Facts connection={connection} domains={domains} signInUrl={signInUrl} />
      ) : (
        <p className={classes.quiet}>No identity provider is set up.</p>
      )}
      <Modal
        opened={editing}
        onClose={() => setEditing(false)}
        title="Single sign-on"
        closeOnClickOutside={false}
      >
        <SsoForm sso={query.data} onClose={() => setEditing(false)} />
      </Modal>
      <ConfirmDialog
        opened={removing}
        onClose={() => setRemoving(false)}
        title="Remove the identity provider?"
        confirmLabel="Remove provider"
        danger
        onConfirm={async () => {
          await remove.mutateAsync({});
          notifyDone('Identity provider removed');
        }}
      >
        Whoever came through it is signed out at once, and forgotten by it. Members with a password or a
        passkey sign in as before; whoever has neither needs an invitation.
      </ConfirmDialog>
    </Card>
  );
}

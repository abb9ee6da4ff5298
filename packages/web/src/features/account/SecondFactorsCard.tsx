import { Button, Modal } from '@mantine/core';
import { getSession } from '@trunkline/contract/access';
import {
  getAccount,
  makeRecoveryCodes,
  removePasskey,
  removeTotp,
  startTotp,
} from '@trunkline/contract/account';
import type { OutputOf } from '@trunkline/contract/operation';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Row } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { supportsPasskeys } from '../../lib/passkey.ts';
import { PasskeyDialog } from './PasskeyDialog.tsx';
import type { PasskeyDialogProps } from './PasskeyDialog.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import { TotpDialog } from './TotpDialog.tsx';
import classes from './AccountPage.module.css';

type Account = OutputOf<typeof getAccount>;
type Passkey = Account['passkeys'][number];

function AppRow({ since }: { since: string | null }) {
  const [removing, setRemoving] = useState(false);
  const start = useOperationMutation(startTotp, { onError: notifyError });
  const remove = useOperationMutation(removeTotp, { invalidates: [getAccount, getSession] });
  return (
    <div className={classes.factor}>
      <div>
        <h3 className={classes.factorName}>
          Authenticator app {since !== null && <StatusBadge status="active" label="On" />}
        </h3>
        <p className={classes.quiet}>
          {since === null ? (
            'Codes of six digits, after your password.'
          ) : (
            <>
              Set up <RelativeTime at={since} />
            </>
          )}
        </p>
      </div>
      <Row>
        <BusyButton variant="default" busy={start.isPending} onClick={() => start.mutate({})}>
          {since === null ? 'Set up' : 'Change app'}
        </BusyButton>
        {since !== null && (
          <Button variant="default" onClick={() => setRemoving(true)}>
            Remove app
          </Button>
        )}
      </Row>
      <TotpDialog offer={start.data ?? null} onClose={() => start.reset()} />
      <ConfirmDialog
        opened={removing}
        onClose={() => setRemoving(false)}
        title="Remove the authenticator app?"
        confirmLabel="Remove app"
        danger
        onConfirm={async () => {
          await remove.mutateAsync({});
          notifyDone('Authenticator app removed');
        }}
      >
        No code is asked for any more. Delete the entry in the app too.
      </ConfirmDialog>
    </div>
  );
}

function PasskeyRow({
  passkey,
  onRename,
  onRemove,
}: {
  passkey: Passkey;
  onRename: () => void;
  onRemove: () => void;
}) {
  return (
    <div className={classes.factor}>
      <div>
        <h3 className={classes.factorName}>{passkey.name}</h3>
        <p className={classes.quiet}>
          {passkey.synced ? 'Synced passkey' : 'Passkey'}, added <RelativeTime at={passkey.createdAt} />,{' '}
          {passkey.lastUsedAt === null ? (
            'not used yet'
          ) : (
            <>
              last used <RelativeTime at={passkey.lastUsedAt} />
            </>
          )}
        </p>
      </div>
      <Row>
        <Button variant="default" onClick={onRename} aria-label={`Rename ${passkey.name}`}>
          Rename
        </Button>
        <Button variant="default" onClick={onRemove} aria-label={`Remove ${passkey.name}`}>
          Remove
        </Button>
      </Row>
    </div>
  );
}

function CodesRow({ left }: { left: number }) {
  const [asking, setAsking] = useState(false);
  const [codes, setCodes] = useState<string[] | null>(null);
  const make = useOperationMutation(makeRecoveryCodes, { invalidates: [getAccount] });
  return (
    <div className={classes.factor}>
      <div>
        <h3 className={classes.factorName}>Recovery codes</h3>
        <p className={classes.quiet}>
          {left === 0 ? 'None is left.' : `${left} left.`} Each signs you in once without your device.
        </p>
      </div>
      <Button variant="default" onClick={() => setAsking(true)}>
        Make new codes
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title="Make new recovery codes?"
        confirmLabel="Make new codes"
        onConfirm={async () => setCodes((await make.mutateAsync({})).recoveryCodes)}
      >
        The codes that you have stop working.
      </ConfirmDialog>
      <Modal
        opened={codes !== null}
        onClose={() => setCodes(null)}
        title="Recovery codes"
        closeOnClickOutside={false}
      >
        {codes && <RecoveryCodes codes={codes} />}
        <DialogFooter>
          <Button onClick={() => setCodes(null)}>I have kept them</Button>
        </DialogFooter>
      </Modal>
    </div>
  );
}

/** Authenticator app, passkeys and recovery codes. */
export function SecondFactorsCard({ account }: { account: Account }) {
  const [subject, setSubject] = useState<PasskeyDialogProps['subject']>(null);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const remove = useOperationMutation(removePasskey, { invalidates: [getAccount, getSession] });
  const { totpSince, passkeys, recoveryCodesLeft } = account;
  return (
    <Card
      flush
      title="Second factor"
      description="Something that you have, beside the password that you know. With one, your password alone opens nothing."
      actions={
        supportsPasskeys() && (
          <Button variant="default" onClick={() => setSubject('new')}>
            Add a passkey
          </Button>
        )
      }
    >
      <AppRow since={totpSince} />
      {passkeys.map((passkey) => (
        <PasskeyRow
          key={passkey.id}
          passkey={passkey}
          onRename={() => setSubject(passkey)}
          onRemove={() => setRemoving(passkey)}
        />
      ))}
      {(totpSince !== null || passkeys.length > 0) && <CodesRow left={recoveryCodesLeft} />}
      <PasskeyDialog subject={subject} onClose={() => setSubject(null)} />
      <ConfirmDialog
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove “${removing?.name ?? 'this passkey'}”?`}
        confirmLabel="Remove passkey"
        danger
        onConfirm={async () => {
          if (!removing) return;
          await remove.mutateAsync({ id: removing.id });
          notifyDone('Passkey removed');
        }}
      >
        It opens nothing here any more. Delete it on your device or in your password manager too.
      </ConfirmDialog>
    </Card>
  );
}

import { Button, Modal, TextInput } from '@mantine/core';
import { getSession } from '@trunkline/contract/access';
import { confirmTotp, getAccount, listSessions } from '@trunkline/contract/account';
import type { startTotp } from '@trunkline/contract/account';
import type { OutputOf } from '@trunkline/contract/operation';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { QrCode } from './QrCode.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import classes from './AccountPage.module.css';

type Offer = OutputOf<typeof startTotp>;

function Scan({
  offer,
  onClose,
  onCodes,
}: {
  offer: Offer;
  onClose: () => void;
  onCodes: (codes: string[]) => void;
}) {
  const [code, setCode] = useState('');
  const confirm = useOperationMutation(confirmTotp, {
    invalidates: [getAccount, getSession, listSessions],
    onSuccess: ({ recoveryCodes }) => {
      notifyDone('Authenticator app set up');
      if (recoveryCodes) onCodes(recoveryCodes);
      else onClose();
    },
    onError: () => setCode(''),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim()) confirm.mutate({ code });
      }}
    >
      <Stack>
        <p>Scan this with an authenticator app, such as the one of your password manager or telephone.</p>
        <QrCode text={offer.uri} label="QR code for the authenticator app" />
        <div className={classes.secret}>
          <TextInput
            label="Or type this key into the app"
            value={offer.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}
            readOnly
            classNames={{ input: classes.mono ?? '' }}
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton withLabel label="Copy key" value={offer.secret} />
        </div>
        <TextInput
          label="Code that the app shows now"
          autoComplete="one-time-code"
          inputMode="numeric"
          data-autofocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <FormError message={confirm.error?.detail ?? null} requestId={confirm.error?.requestId ?? null} />
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <BusyButton type="submit" busy={confirm.isPending}>
          Switch on
        </BusyButton>
      </DialogFooter>
    </form>
  );
}

/** Sets up an authenticator app: scan, confirm by a code, keep the recovery codes. */
export function TotpDialog({ offer, onClose }: { offer: Offer | null; onClose: () => void }) {
  const [codes, setCodes] = useState<string[] | null>(null);
  return (
    <Modal
      opened={offer !== null}
      onClose={onClose}
      title={codes ? 'Recovery codes' : 'Set up an authenticator app'}
      closeOnClickOutside={false}
      onExitTransitionEnd={() => setCodes(null)}
    >
      {codes ? (
        <>
          <RecoveryCodes codes={codes} />
          <DialogFooter>
            <Button onClick={onClose}>I have kept them</Button>
          </DialogFooter>
        </>
      ) : (
        offer && <Scan offer={offer} onClose={onClose} onCodes={setCodes} />
      )}
    </Modal>
  );
}

import { Button, Modal } from '@mantine/core';
import type { SuggestedAction } from '@trunkline/contract/health';
import { Network } from 'lucide-react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { lockedReasons } from '../integrations/reasons.ts';
import { TroubleshootSteps } from './TroubleshootSteps.tsx';
import { useTroubleshooter } from './use-troubleshooter.ts';

export interface FirewallDialogProps {
  integrationId: string;
  opens: SuggestedAction['opens'];
  onClose: () => void;
}

/** What a firewall has to let through, to hand to whoever runs it, and whether it does so now (UC §5). */
export function FirewallDialog({ integrationId, opens, onClose }: FirewallDialogProps) {
  const { steps, diagnosis, running, error, run } = useTroubleshooter(integrationId);
  return (
    <Modal opened onClose={onClose} title="Check the firewall">
      <Stack gap={12}>
        {opens === null ? (
          <p>This integration connects to no fixed address.</p>
        ) : (
          <>
            <p>Connections from this server to the outside have to be allowed to:</p>
            <KeyValueList
              items={[
                { label: 'Host', value: opens.host },
                { label: 'Port', value: `${opens.port} (TCP, outgoing)` },
              ]}
            />
            <CopyButton withLabel label="Copy for your network team" value={firewallRule(opens)} />
          </>
        )}
        <FormError message={error?.detail ?? null} requestId={error?.requestId ?? null} />
        <TroubleshootSteps steps={steps} running={running} />
        {diagnosis && (
          <Notice
            role={diagnosis.ok ? 'status' : 'alert'}
            tone={diagnosis.ok ? 'active' : 'error'}
            title={diagnosis.title}
          >
            <p>{diagnosis.meaning}</p>
          </Notice>
        )}
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <LockedAction permission="integration.write" reason={lockedReasons.write}>
          <BusyButton leftSection={<Network aria-hidden />} busy={running} onClick={() => run('network')}>
            Try to connect
          </BusyButton>
        </LockedAction>
      </DialogFooter>
    </Modal>
  );
}

function firewallRule({ host, port }: NonNullable<SuggestedAction['opens']>): string {
  return `Please allow outgoing TCP connections to ${host}, port ${port}.`;
}

import { Button } from '@mantine/core';
import { revealApiKey } from '@trunkline/contract/api-keys';
import type { ApiKey } from '@trunkline/contract/api-keys';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Card } from '../../components/Card.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { SecretField } from '../../components/SecretField.tsx';
import { Stack } from '../../components/Stack.tsx';
import { callOperation } from '../../lib/api.ts';
import { track } from '../../lib/track.ts';
import { GraceCard } from './GraceCard.tsx';
import { NetworksDialog } from './NetworksDialog.tsx';
import { NewKeyNotice } from './NewKeyNotice.tsx';
import { RegenerateDialog } from './RegenerateDialog.tsx';
import { networksText } from './networks.ts';
import classes from './ApiKeyPage.module.css';

const mayNotCopy = 'Viewers see the key masked.';

async function reveal(purpose: 'show' | 'copy'): Promise<string> {
  return (await callOperation(revealApiKey, { purpose })).key;
}

export interface KeyCardProps {
  apiKey: ApiKey;
  /** Where the API is; left out where it stands elsewhere on the page. */
  endpoint?: string;
  footer?: ReactNode;
}

/** The organization's key: masked, shown and copied on request, made anew (S17 17.6, KEY-1). */
export function KeyCard({ apiKey, endpoint, footer }: KeyCardProps) {
  const [asking, setAsking] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const [newKey, setNewKey] = useState<string | null>(null);
  return (
    <>
      {newKey !== null && (
        <NewKeyNotice value={newKey} onDone={() => setNewKey(null)}>
          It works already. Put it into your programs; later you find it here with Show.
        </NewKeyNotice>
      )}
      <Card
        title="API key"
        description="One key for the whole organization. Programs send it as a bearer token."
        footer={footer}
        actions={
          <LockedAction
            permission="api_key.regenerate"
            reason="Only a system administrator regenerates the API key."
          >
            <Button variant="default" leftSection={<RotateCw aria-hidden />} onClick={() => setAsking(true)}>
              Regenerate
            </Button>
          </LockedAction>
        }
      >
        <Stack>
          <SecretField
            label="Key"
            masked={apiKey.keyPreview}
            reveal={() => reveal('show')}
            copy={() => reveal('copy')}
            permission="api_key.copy"
            lockedReason={mayNotCopy}
            onCopied={(way) => track({ event: 'api_key_copied', properties: { copy_method: way } })}
          />
          <Notice tone="degraded">Keep this key secret. Never expose it in client-side code.</Notice>
          <KeyValueList
            items={[
              {
                label: 'Created',
                value: (
                  <>
                    <RelativeTime at={apiKey.createdAt} />
                    {apiKey.createdBy !== null && ` by ${apiKey.createdBy}`}
                  </>
                ),
              },
              { label: 'Last used', value: <RelativeTime at={apiKey.lastUsedAt} empty="Never used" /> },
              {
                label: 'Allowed from',
                value: (
                  <span className={classes.endpoint}>
                    {networksText(apiKey.networks)}
                    <LockedAction
                      permission="api_key.manage"
                      reason="Only a system administrator changes from where the key may be used."
                    >
                      <Button variant="subtle" size="compact-sm" onClick={() => setChoosing(true)}>
                        Change
                      </Button>
                    </LockedAction>
                  </span>
                ),
              },
              {
                label: 'API endpoint',
                value:
                  endpoint === undefined ? null : (
                    <span className={classes.endpoint}>
                      <span className="mono">{endpoint}</span>
                      <CopyButton label="Copy API endpoint" value={endpoint} />
                    </span>
                  ),
              },
            ]}
          />
        </Stack>
      </Card>
      {apiKey.expiring.length > 0 && <GraceCard keys={apiKey.expiring} />}
      {choosing && <NetworksDialog apiKey={apiKey} onClose={() => setChoosing(false)} />}
      <RegenerateDialog
        opened={asking}
        onClose={() => setAsking(false)}
        expiring={apiKey.expiring.length}
        onDone={setNewKey}
      />
    </>
  );
}

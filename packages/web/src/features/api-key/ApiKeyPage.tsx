import { Button, Skeleton } from '@mantine/core';
import { getApiKey, revealApiKey } from '@trunkline/contract/api-keys';
import type { ApiKey } from '@trunkline/contract/api-keys';
import { BookOpen, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { SecretField } from '../../components/SecretField.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { callOperation, useOperation } from '../../lib/api.ts';
import { track } from '../../lib/track.ts';
import { GraceCard } from './GraceCard.tsx';
import { LimitsCard } from './LimitsCard.tsx';
import { NetworksDialog } from './NetworksDialog.tsx';
import { NewKeyNotice } from './NewKeyNotice.tsx';
import { RegenerateDialog } from './RegenerateDialog.tsx';
import { ScopedKeysCard } from './ScopedKeysCard.tsx';
import { networksText } from './networks.ts';
import { sendEventSnippets } from './snippets.ts';
import classes from './ApiKeyPage.module.css';

/** The page is served by the server whose API it describes. */
const endpoint = `${window.location.origin}/api/v1`;
const mayNotCopy = 'Viewers see the key masked.';

async function reveal(purpose: 'show' | 'copy'): Promise<string> {
  return (await callOperation(revealApiKey, { purpose })).key;
}

function KeyCard({ apiKey }: { apiKey: ApiKey }) {
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
                value: (
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

function QuickStart() {
  const snippets = sendEventSnippets(endpoint);
  const [language, setLanguage] = useState('curl');
  return (
    <Card
      flush
      title="Send your first event"
      description="202 means the event is stored and on its way to every webhook that subscribes to its type."
      actions={
        <Button
          component="a"
          href="/docs"
          className={classes.docs ?? ''}
          variant="default"
          leftSection={<BookOpen aria-hidden />}
        >
          View API documentation
        </Button>
      }
    >
      <SegmentedTabs
        label="Language"
        value={language}
        onChange={setLanguage}
        tabs={snippets.map(({ value, label, code }) => ({
          value,
          label,
          content: (
            <Stack gap={12}>
              <CodeBlock label={`${label} example`} value={code} />
              <p className={classes.note}>
                Put the key into the environment variable TRUNKLINE_API_KEY. <code>id</code> is yours: a
                second event with the same id is recognized and not sent again.
              </p>
            </Stack>
          ),
        }))}
      />
    </Card>
  );
}

/** `/api-key`: the organization's key, its replacement, and how to send an event with it (S17 17.6, KEY). */
export function ApiKeyPage() {
  const apiKey = useOperation(getApiKey, {});
  return (
    <>
      <PageHeader title="API keys" subtitle="How your product talks to Trunkline." />
      <Stack>
        {apiKey.data ? (
          <KeyCard apiKey={apiKey.data} />
        ) : (
          <Card {...(apiKey.error ? { flush: true } : { title: 'API key' })}>
            {apiKey.error ? (
              <ErrorState error={apiKey.error} onRetry={() => void apiKey.refetch()} />
            ) : (
              <Stack>
                <Row>
                  <Skeleton height={34} width="70%" />
                </Row>
                <Skeleton height={44} />
                <Skeleton height={60} width="50%" />
              </Stack>
            )}
          </Card>
        )}
        <LimitsCard />
        <ScopedKeysCard />
        <QuickStart />
      </Stack>
    </>
  );
}

import { Button } from '@mantine/core';
import type { InboundSource } from '@trunkline/contract/inbound';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useNow } from '../../lib/clock.ts';
import { formatAbsolute, formatSeconds } from '../../lib/format.ts';
import { FreshKey } from './FreshKey.tsx';
import { ProposedKey } from './ProposedKey.tsx';
import { ReplaceKeyDialog } from './ReplaceKeyDialog.tsx';
import { lockedReasons } from './reasons.ts';
import { keyOf, senderOf } from './source-words.ts';
import classes from './inbound.module.css';

const buttonWords = {
  source: 'Replace key',
  integration: 'Use another key',
  missing: 'Enter the key',
} as const;

function Where({ source }: { source: InboundSource }) {
  switch (source.keyFrom) {
    case 'source':
      return (
        <p className={classes.text}>
          The {keyOf(source)} is stored with this source, encrypted. It is never shown again.
        </p>
      );
    case 'integration':
      return (
        <p className={classes.text}>
          The {keyOf(source)}, as it stands in the{' '}
          <AppLink href={`/integrations/${source.integrationId}?tab=credentials`}>
            credentials of the integration
          </AppLink>
          .
        </p>
      );
    case 'missing':
      return (
        <Notice tone="degraded" title={`The ${keyOf(source)} is not entered yet`}>
          Without it nobody can tell what {senderOf(source)} has really sent, so everything is refused.{' '}
          {source.keyHelp}
        </Notice>
      );
    case 'none':
      return (
        <p className={classes.text}>
          {source.providerName} signs with a key that it publishes itself; there is nothing to enter.
        </p>
      );
  }
}

function OldKeyNotice({ until }: { until: string }) {
  const seconds = (Date.parse(until) - useNow()) / 1000;
  if (seconds <= 0) return null;
  return (
    <Notice tone="syncing" title={`The old key stays good for ${formatSeconds(seconds)}`}>
      Until {formatAbsolute(until)} webhooks signed with either key are accepted.
    </Notice>
  );
}

/** What the signatures of a source are checked with. */
export function KeyCard({ source }: { source: InboundSource }) {
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<{ key: string; words: string } | null>(null);
  const { keyFrom } = source;
  return (
    <Card
      title="Key"
      actions={
        keyFrom !== 'none' && (
          <LockedAction permission="inbound.write" reason={lockedReasons.write}>
            <Button variant="default" leftSection={<KeyRound aria-hidden />} onClick={() => setAsking(true)}>
              {buttonWords[keyFrom]}
            </Button>
          </LockedAction>
        )
      }
    >
      <Stack gap={12}>
        <Where source={source} />
        <ProposedKey
          source={source}
          onTaken={({ key, subscription }) =>
            setMade({
              key,
              words: `${senderOf(source)} sends nothing until it is confirmed by its API, as the verification token of the subscription ${subscription}. It is shown this once.`,
            })
          }
        />
        {made !== null && <FreshKey value={made.key}>{made.words}</FreshKey>}
        {source.previousKeyUntil !== null && <OldKeyNotice until={source.previousKeyUntil} />}
      </Stack>
      <ReplaceKeyDialog
        source={source}
        opened={asking}
        onClose={() => setAsking(false)}
        onMade={(key) => setMade({ key, words: 'It was made here and is shown this once.' })}
      />
    </Card>
  );
}

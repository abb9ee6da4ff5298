import { Button } from '@mantine/core';
import { revealWebhookSecret } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { SecretField } from '../../components/SecretField.tsx';
import { Stack } from '../../components/Stack.tsx';
import { callOperation } from '../../lib/api.ts';
import { useNow } from '../../lib/clock.ts';
import { formatAbsolute, formatSeconds } from '../../lib/format.ts';
import { FreshSecret } from './FreshSecret.tsx';
import { RegenerateDialog } from './RegenerateDialog.tsx';
import { lockedReasons } from './reasons.ts';

function OldSecretNotice({ until, count }: { until: string; count: number }) {
  const seconds = (Date.parse(until) - useNow()) / 1000;
  if (seconds <= 0) return null;
  if (count > 1) {
    return (
      <Notice tone="syncing" title={`${count} old secrets are still valid`}>
        Each ends at its own time, the last one in {formatSeconds(seconds)}, on {formatAbsolute(until)}. Until
        then deliveries carry the signatures of all of them.
      </Notice>
    );
  }
  return (
    <Notice tone="syncing" title={`The old secret stays valid for ${formatSeconds(seconds)}`}>
      Until {formatAbsolute(until)} deliveries carry the signatures of both secrets.
    </Notice>
  );
}

/** The signing secret of a webhook: masked, shown and copied on request, made anew (WH-1, WH-6). */
export function SecretCard({ webhook }: { webhook: Webhook }) {
  const [asking, setAsking] = useState(false);
  const [fresh, setFresh] = useState<string | null>(null);
  const reveal = () => callOperation(revealWebhookSecret, { id: webhook.id }).then((got) => got.secret);
  return (
    <Card
      title="Signing secret"
      description="Receivers check with it that a delivery is genuine."
      actions={
        <LockedAction permission="webhook.secret" reason={lockedReasons.write}>
          <Button variant="default" leftSection={<RefreshCw aria-hidden />} onClick={() => setAsking(true)}>
            Regenerate
          </Button>
        </LockedAction>
      }
    >
      <Stack gap={12}>
        <SecretField
          label="Secret"
          masked={webhook.secretPreview}
          reveal={reveal}
          permission="webhook.secret"
          lockedReason={lockedReasons.secret}
          hint="Every showing and copying is in the audit log."
        />
        {fresh !== null && (
          <FreshSecret secret={fresh}>Set it in the receiver. This is the new secret.</FreshSecret>
        )}
        {webhook.previousSecretExpiresAt !== null && (
          <OldSecretNotice until={webhook.previousSecretExpiresAt} count={webhook.previousSecrets} />
        )}
      </Stack>
      <RegenerateDialog
        webhook={webhook}
        opened={asking}
        onClose={() => setAsking(false)}
        onSecret={setFresh}
      />
    </Card>
  );
}

import { Button } from '@mantine/core';
import type { Webhook } from '@trunkline/contract/webhooks';
import { Send } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Row } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { isFramed } from '../../lib/frame.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { FreshSecret } from './FreshSecret.tsx';
import { TestPanel } from './TestPanel.tsx';
import { VerifySample } from './VerifySample.tsx';

export interface CreatedPanelProps {
  webhook: Webhook;
  secret: string;
  /** Sends a test at once ("Save & test"). */
  autoTest: boolean;
}

/** After creating: the secret, how to verify with it, and the first test. */
export function CreatedPanel({ webhook, secret, autoTest }: CreatedPanelProps) {
  const [testing, setTesting] = useState(autoTest);
  return (
    <>
      <PageHeader
        title="Webhook created"
        badge={<StatusBadge status={webhook.status} />}
        back={{ href: '/webhooks', label: 'Webhooks' }}
        subtitle={`${webhook.name} · ${webhook.url}`}
        actions={
          <Row>
            {!testing && (
              <Button variant="default" leftSection={<Send aria-hidden />} onClick={() => setTesting(true)}>
                Send test
              </Button>
            )}
            <ButtonLink href={`/webhooks/${webhook.id}`}>Open webhook</ButtonLink>
          </Row>
        }
      />
      <Card title="Signing secret">
        <FreshSecret secret={secret}>
          {`Your receiver checks with it that a delivery is genuine. ${isFramed ? 'It is not shown here again.' : 'Later it takes your password to see it.'}`}
        </FreshSecret>
      </Card>
      {testing && (
        <Card title="Test webhook">
          <TestPanel webhook={webhook} autoSend />
        </Card>
      )}
      <Card
        title="Verify deliveries"
        description="Check the signature of each request before you believe it. Libraries that follow Standard Webhooks do it in one call."
        flush
      >
        <VerifySample url={webhook.url} />
      </Card>
    </>
  );
}

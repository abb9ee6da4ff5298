import { Modal } from '@mantine/core';
import { BookOpen } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useSession } from '../../lib/session.ts';
import { VerifySample } from './VerifySample.tsx';
import classes from './WebhookGuide.module.css';

const exampleBody = {
  id: '019ab127-6a00-7d21-9b0f-41c2d3e4f506',
  type: 'job.created',
  event: 'job.created',
  timestamp: '2026-11-23T10:30:00.000Z',
  data: { id: 'JOB-2026-1234', title: 'Senior Java Developer' },
};

/** What a receiver gets and how it believes it (UC §6, “View Webhook Documentation”). */
export function WebhookGuide() {
  const { brand } = useSession();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <button type="button" className={classes.open} onClick={() => setOpened(true)}>
        <BookOpen size={14} aria-hidden /> Webhook documentation
      </button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Webhook documentation" size={920}>
        <Stack>
          <p className={classes.text}>
            A delivery is a POST with a JSON body. Answer with 2xx in time, which is 15 seconds unless the
            operator chose otherwise; anything else is tried again as the{' '}
            <AppLink href="/retries">retry settings</AppLink> say, and 410 switches the webhook off. What each
            type carries is in the <AppLink href="/event-types">event catalog</AppLink>.
          </p>
          <KeyValueList
            items={[
              {
                label: 'webhook-id',
                value:
                  'Id of the event, the same on every retry and replay: do not do twice what you have seen.',
              },
              {
                label: 'webhook-timestamp',
                value:
                  'Time of this attempt, in seconds since 1970. Refuse what is more than five minutes from your clock.',
              },
              {
                label: 'webhook-signature',
                value:
                  'v1, and HMAC-SHA256 in base64 over id, timestamp and body, joined by dots; several while a secret is replaced.',
              },
              {
                label: `X-${brand}-Signature`,
                value:
                  'sha256= and HMAC-SHA256 in hexadecimal over the body alone; simpler, and blind to what was sent before.',
              },
              { label: `X-${brand}-Event`, value: 'Type of the event. Not signed: use the one in the body.' },
              { label: `X-${brand}-Delivery`, value: 'Id of the delivery, to find it in the history.' },
            ]}
          />
          <CodeBlock label="Body of a delivery" value={exampleBody} />
          <div>
            <h3 className={classes.heading}>Verify signatures</h3>
            <p className={classes.text}>
              Take the body exactly as it came. The key is what follows whsec_ in the secret, decoded from
              base64.
            </p>
          </div>
          <VerifySample url="https://api.example.com/webhooks" />
        </Stack>
      </Modal>
    </>
  );
}

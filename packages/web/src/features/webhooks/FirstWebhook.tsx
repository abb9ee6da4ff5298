import { Plus, Webhook } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { useCan } from '../../lib/session.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { firstEventCurl } from './curl.ts';
import { lockedReasons } from './reasons.ts';
import classes from './FirstWebhook.module.css';

/** The list before there is any webhook: what one is, and the way to the first delivery. */
export function FirstWebhook() {
  const mayUseApi = useCan('api_key.read');
  return (
    <>
      <EmptyState
        icon={Webhook}
        title="No webhooks yet"
        actions={
          <LockedAction permission="webhook.write" reason={lockedReasons.write}>
            <ButtonLink href="/webhooks/new" leftSection={<Plus aria-hidden />}>
              Add webhook
            </ButtonLink>
          </LockedAction>
        }
      >
        A webhook is an address of yours that gets a signed request for each event you pick. What cannot be
        delivered is tried again, and kept for you when it still fails.
      </EmptyState>
      {mayUseApi && (
        <div className={classes.snippet}>
          <p className={classes.lead}>
            Then send a first event with your <AppLink href="/api-key">API key</AppLink>:
          </p>
          <CodeBlock label="Send an event" value={firstEventCurl(window.location.origin)} />
        </div>
      )}
    </>
  );
}

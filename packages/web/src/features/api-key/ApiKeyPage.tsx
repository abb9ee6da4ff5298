import { Button, Skeleton } from '@mantine/core';
import { getApiKey } from '@trunkline/contract/api-keys';
import { BookOpen } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { useOperation } from '../../lib/api.ts';
import { KeyCard } from './KeyCard.tsx';
import { LimitsCard } from './LimitsCard.tsx';
import { ScopedKeysCard } from './ScopedKeysCard.tsx';
import { sendEventSnippets } from './snippets.ts';
import classes from './ApiKeyPage.module.css';

/** The page is served by the server whose API it describes. */
const endpoint = `${window.location.origin}/api/v1`;

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
          <KeyCard apiKey={apiKey.data} endpoint={endpoint} />
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

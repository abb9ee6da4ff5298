import { Button, Loader } from '@mantine/core';
import { getProvider } from '@trunkline/contract/catalog';
import { genericProvider, getInboundSource, listInboundMessages } from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { DialogStep, StepFooter } from '../../components/StepDialog.tsx';
import { useOperation } from '../../lib/api.ts';
import { SetupSteps } from '../integrations/connect/SetupSteps.tsx';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { AddressField } from './AddressField.tsx';
import { FreshKey } from './FreshKey.tsx';
import { RefusalNotice } from './RefusalNotice.tsx';
import { ReplaceKeyDialog } from './ReplaceKeyDialog.tsx';
import type { CreatedSource } from './SourceStep.tsx';
import { entrySteps } from './entry-steps.ts';
import { inboundHref } from './inbound-search.ts';
import { lockedReasons } from './reasons.ts';
import { signatureExample } from './signature-example.ts';
import classes from './inbound.module.css';

/** Whether the first webhook has come, kept up to date. */
function FirstWebhook({ source }: { source: InboundSource }) {
  const isThere = source.lastReceivedAt !== null;
  const newest = useOperation(listInboundMessages, { sourceId: source.id, limit: 1 }, { enabled: isThere })
    .data?.data[0];
  return (
    <div role="status">
      {isThere ? (
        <Notice
          tone="active"
          title="Received: the first webhook has come, and its signature is right"
          actions={
            newest && (
              <ButtonLink
                size="xs"
                variant="default"
                href={inboundHref({ tab: 'received', source: source.id, message: newest.id })}
              >
                Look at it
              </ButtonLink>
            )
          }
        >
          <RelativeTime at={source.lastReceivedAt} />
        </Notice>
      ) : (
        <p className={classes.waiting}>
          <Loader size={16} aria-hidden /> Waiting for the first webhook…
        </p>
      )}
    </div>
  );
}

/** A source that was just made: its address, where to enter it, and whether something comes. */
export function CreatedStep({ created, onDone }: { created: CreatedSource; onDone: () => void }) {
  const isGeneric = created.provider === genericProvider;
  const fresh = useOperation(getInboundSource, { id: created.id });
  const provider = useOperation(getProvider, { slug: created.provider }, { enabled: !isGeneric });
  const [entering, setEntering] = useState(false);
  const source: InboundSource = fresh.data ?? created;
  const example = source.signature && signatureExample(source.signature);
  return (
    <DialogStep
      title={`${source.name} has an address`}
      subtitle="Now it has to be entered where webhooks come from"
    >
      <Stack>
        <AddressField source={source} />
        {created.key !== null && (
          <FreshKey value={created.key}>
            It was made here and is shown this once. The sender signs with it.
          </FreshKey>
        )}
        <SetupSteps steps={entrySteps(source, provider.data?.inbound ?? null)} />
        {example && (
          <section className={classes.example} aria-label="Example">
            <p className={classes.text}>{example.words}</p>
            <pre className={classes.lines} role="group" aria-label="Headers of the example">
              {example.lines.join('\n')}
            </pre>
          </section>
        )}
        {source.keyFrom === 'missing' && (
          <div>
            <LockedAction permission="inbound.write" reason={lockedReasons.write}>
              <Button
                variant="default"
                leftSection={<KeyRound aria-hidden />}
                onClick={() => setEntering(true)}
              >
                Enter the key
              </Button>
            </LockedAction>
          </div>
        )}
        <RefusalNotice source={source} />
        <FirstWebhook source={source} />
      </Stack>
      <StepFooter
        start={
          <Button variant="default" onClick={onDone}>
            Close
          </Button>
        }
      >
        <ButtonLink href={`/inbound/${source.id}`}>Open source</ButtonLink>
      </StepFooter>
      <ReplaceKeyDialog
        source={source}
        opened={entering}
        onClose={() => setEntering(false)}
        onMade={() => {}}
      />
    </DialogStep>
  );
}

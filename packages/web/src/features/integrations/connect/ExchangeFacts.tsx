import type { ProviderDetail } from '@trunkline/contract/catalog';
import { KeyValueList } from '../../../components/KeyValueList.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { Stack } from '../../../components/Stack.tsx';

/** That a partner exchanges files because it has no API, and how (CAT-4). */
export function ExchangeFacts({ provider }: { provider: ProviderDetail }) {
  const { exchange, name } = provider;
  if (!exchange) return null;
  return (
    <Stack gap={12}>
      <Notice tone="disabled" title="This connection exchanges files">
        {name} offers no public API for this. Trunkline makes and reads the files that it takes; nothing is in
        real time.
      </Notice>
      <KeyValueList
        items={[
          { label: 'Format', value: exchange.standard },
          { label: 'Files', value: exchange.files.join('; ') },
          { label: 'Way', value: exchange.transport },
          { label: 'Encryption', value: exchange.encryption },
          { label: 'How often', value: exchange.cadence },
          { label: 'Answer', value: exchange.acknowledgement },
          { label: 'Whom to ask', value: exchange.contact },
        ]}
      />
    </Stack>
  );
}

import { TextInput } from '@mantine/core';
import type { InboundSource } from '@trunkline/contract/inbound';
import { CopyButton } from '../../components/CopyButton.tsx';
import { providerWords } from './source-words.ts';
import classes from './inbound.module.css';

/** The address of a source, to enter at its provider. */
export function AddressField({ source }: { source: InboundSource }) {
  const isGeneric = source.signature !== null;
  return (
    <div className={classes.address}>
      <TextInput
        label="Address"
        description={
          isGeneric ? 'The sender posts to it.' : `Enter it at ${providerWords(source)}, exactly so.`
        }
        value={source.url}
        readOnly
        classNames={{ input: 'mono' }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton withLabel label="Copy address" value={source.url} />
    </div>
  );
}

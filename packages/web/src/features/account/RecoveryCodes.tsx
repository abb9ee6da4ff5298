import { Button } from '@mantine/core';
import { Download } from 'lucide-react';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import classes from './AccountPage.module.css';

function download(codes: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([`${codes.join('\n')}\n`], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'trunkline-recovery-codes.txt';
  link.click();
  URL.revokeObjectURL(url);
}

/** Recovery codes, the one time that they are shown. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <Stack gap={12}>
      <Notice tone="degraded" title="Keep these recovery codes">
        Each signs you in once when you have lost your device. They are shown only now.
      </Notice>
      <ul className={classes.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Row>
        <CopyButton withLabel label="Copy codes" value={codes.join('\n')} />
        <Button variant="default" leftSection={<Download aria-hidden />} onClick={() => download(codes)}>
          Download
        </Button>
      </Row>
    </Stack>
  );
}

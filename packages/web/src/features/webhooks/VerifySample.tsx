import { useState } from 'react';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { verifyCurl, verifyTypeScript } from './verify-sample.ts';

/** How a receiver checks that a delivery is genuine (WH-6). */
export function VerifySample({ url }: { url: string }) {
  const [language, setLanguage] = useState<'typescript' | 'curl'>('typescript');
  return (
    <SegmentedTabs
      label="Verify signatures"
      value={language}
      onChange={setLanguage}
      tabs={[
        {
          value: 'typescript',
          label: 'TypeScript',
          content: <CodeBlock label="Receiver that verifies" value={verifyTypeScript} />,
        },
        {
          value: 'curl',
          label: 'curl',
          content: <CodeBlock label="Signed request to try it" value={verifyCurl(url)} />,
        },
      ]}
    />
  );
}

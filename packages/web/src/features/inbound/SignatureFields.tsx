import { Select, TextInput } from '@mantine/core';
import type { InboundSignature } from '@trunkline/contract/inbound';
import { Stack } from '../../components/Stack.tsx';
import { signatureExample } from './signature-example.ts';
import classes from './inbound.module.css';

/** What a new source of any sender begins with. */
export const usualSignature: InboundSignature = {
  algorithm: 'hmac-sha256',
  header: 'X-Signature',
  encoding: 'hex',
  prefix: 'sha256=',
  timestampHeader: null,
  idHeader: null,
};

const algorithms: { value: InboundSignature['algorithm']; label: string }[] = [
  { value: 'hmac-sha256', label: 'Signature, HMAC-SHA256' },
  { value: 'hmac-sha1', label: 'Signature, HMAC-SHA1' },
  { value: 'token', label: 'The key itself in a header' },
  { value: 'basic', label: 'Name and password' },
];

/** What is wrong with the names of headers, by field. */
export function signatureProblems({
  algorithm,
  header,
  timestampHeader,
  idHeader,
}: InboundSignature): Record<string, string> {
  const isName = (text: string) => /^[A-Za-z0-9-]{1,80}$/.test(text);
  const problems: Record<string, string> = {};
  const words = 'A header has letters, digits and hyphens';
  if (algorithm !== 'basic' && !isName(header)) problems['header'] = words;
  if (timestampHeader !== null && !isName(timestampHeader)) problems['timestampHeader'] = words;
  if (idHeader !== null && !isName(idHeader)) problems['idHeader'] = words;
  return problems;
}

export interface SignatureFieldsProps {
  value: InboundSignature;
  onChange: (value: InboundSignature) => void;
  errors: Readonly<Record<string, string>>;
  disabled?: boolean;
}

/** How any sender proves who it is, with an example that follows what is chosen. */
export function SignatureFields({ value, onChange, errors, disabled = false }: SignatureFieldsProps) {
  const change = (next: Partial<InboundSignature>): void => onChange({ ...value, ...next });
  const isSigned = value.algorithm.startsWith('hmac');
  const isComplete = Object.keys(signatureProblems(value)).length === 0;
  const shown = signatureExample(value);
  const plain = { disabled, maxLength: 80, spellCheck: false, autoComplete: 'off' };
  return (
    <Stack gap={12}>
      <Select
        label="Proof of the sender"
        data={algorithms}
        allowDeselect={false}
        disabled={disabled}
        value={value.algorithm}
        onChange={(algorithm) => {
          const chosen = algorithms.find((each) => each.value === algorithm)?.value ?? 'hmac-sha256';
          change({
            algorithm: chosen,
            ...(chosen.startsWith('hmac') ? {} : { timestampHeader: null }),
            ...(chosen === 'basic' ? { header: 'Authorization', prefix: '' } : {}),
          });
        }}
      />
      {value.algorithm !== 'basic' && (
        <div className={classes.two}>
          <TextInput
            {...plain}
            label="Header"
            placeholder="X-Signature"
            value={value.header}
            onChange={(event) => change({ header: event.currentTarget.value.trim() })}
            error={errors['header']}
          />
          <TextInput
            {...plain}
            label="Text before it"
            placeholder="sha256="
            maxLength={40}
            value={value.prefix}
            onChange={(event) => change({ prefix: event.currentTarget.value })}
          />
        </div>
      )}
      {isSigned && (
        <div className={classes.two}>
          <Select
            label="Written in"
            data={[
              { value: 'hex', label: 'Hexadecimal' },
              { value: 'base64', label: 'Base64' },
            ]}
            allowDeselect={false}
            disabled={disabled}
            value={value.encoding}
            onChange={(encoding) => change({ encoding: encoding === 'base64' ? 'base64' : 'hex' })}
          />
          <TextInput
            {...plain}
            label="Header of the time"
            placeholder="None"
            description="Signed with the body; refuses what is older than five minutes."
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={value.timestampHeader ?? ''}
            onChange={(event) => change({ timestampHeader: event.currentTarget.value.trim() || null })}
            error={errors['timestampHeader']}
          />
        </div>
      )}
      <TextInput
        {...plain}
        label="Header of the id"
        placeholder="None"
        description="Recognizes a repetition. Without it the same bytes within a day are one webhook."
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={value.idHeader ?? ''}
        onChange={(event) => change({ idHeader: event.currentTarget.value.trim() || null })}
        error={errors['idHeader']}
      />
      {isComplete && (
        <section className={classes.example} aria-label="Example">
          <p className={classes.text}>{shown.words}</p>
          <pre className={classes.lines} role="group" aria-label="Headers of the example">
            {shown.lines.join('\n')}
          </pre>
        </section>
      )}
    </Stack>
  );
}

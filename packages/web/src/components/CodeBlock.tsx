import type { ReactNode } from 'react';
import { prettyJson } from '../lib/pretty-json.ts';
import { CopyButton } from './CopyButton.tsx';
import classes from './CodeBlock.module.css';

/** Above this length a text is shown without colours, in characters. */
const colouredUpTo = 40_000;
const jsonToken = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function coloured(json: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of json.matchAll(jsonToken)) {
    parts.push(json.slice(from, match.index));
    const [whole, string, colon] = match;
    const kind = string === undefined ? classes.literal : colon === undefined ? classes.string : classes.key;
    parts.push(
      <span key={match.index} className={kind}>
        {string ?? whole}
      </span>,
    );
    if (colon) parts.push(colon);
    from = match.index + whole.length;
  }
  parts.push(json.slice(from));
  return parts;
}

export interface CodeBlockProps {
  /** Names the block and its scroll region. */
  label: string;
  /** A text, shown pretty when it is JSON, or a value that is written as JSON. */
  value: string | object | null;
  /** Shown for an empty text. */
  empty?: string;
  /** Below the text, e.g. that it was cut off. */
  note?: string;
  /** Hides the head with label and copy button. */
  bare?: boolean;
}

/** Code or JSON to read and copy. */
export function CodeBlock({ label, value, empty = 'Empty', note, bare }: CodeBlockProps) {
  const raw = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
  const json = prettyJson(raw);
  const text = json ?? raw;
  return (
    <div className={classes.frame}>
      {!bare && (
        <div className={classes.head}>
          <span>{label}</span>
          {text !== '' && <CopyButton label={`Copy ${label.toLowerCase()}`} value={text} />}
        </div>
      )}
      <pre className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
        {text === '' ? (
          <span className={classes.empty}>{empty}</span>
        ) : json !== null && text.length <= colouredUpTo ? (
          coloured(text)
        ) : (
          text
        )}
      </pre>
      {note && <p className={classes.note}>{note}</p>}
    </div>
  );
}

/** HTTP headers as a table with a copy button. */
export function HeadersTable({ label, headers }: { label: string; headers: Record<string, string> }) {
  const rows = Object.entries(headers);
  return (
    <div className={classes.frame}>
      <div className={classes.head}>
        <span>{label}</span>
        {rows.length > 0 && (
          <CopyButton
            label={`Copy ${label.toLowerCase()}`}
            value={rows.map(([name, value]) => `${name}: ${value}`).join('\n')}
          />
        )}
      </div>
      <table className={classes.headers} aria-label={label}>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
          {rows.length === 0 && (
            <tr>
              <td>None</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

import type { InboundSource } from '@trunkline/contract/inbound';
import { openConnection } from '../../connections/load-connection.ts';
import type { StoredConnection } from '../../connections/load-connection.ts';
import type { App } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import type { SecretPlace } from '../../lib/secret-box.ts';
import type { InboundScheme } from '../../providers/provider.ts';

/** What of a source leads to its keys: its own, sealed, and the integration that it belongs to. */
export interface KeyedSource {
  sourceId: string;
  organizationId: string;
  keyBox: Buffer | null;
  previousKeyBox: Buffer | null;
  previousKeyUntil: Date | null;
  /** Null: none, or one that was disconnected. */
  connection: StoredConnection | null;
}

/** Where the boxes of a source belong. */
export function keyPlace(
  organizationId: string,
  sourceId: string,
  column: 'key_box' | 'previous_key_box' | 'proposed_key_box',
): SecretPlace {
  return { organizationId, table: 'inbound_sources', row: sourceId, column };
}

/** What signatures of a source are checked with. */
export interface SourceKeys {
  /** The newest first. */
  keys: string[];
  from: InboundSource['keyFrom'];
  /** Of its integration; empty without one. */
  values: Readonly<Record<string, string>>;
  /** Of its integration, as texts; empty without one. */
  settings: Readonly<Record<string, string>>;
}

/** The source's own keys, else the one among the values of its integration. */
export function keysOf(
  app: Pick<App, 'secretBox' | 'config' | 'clock'>,
  source: KeyedSource,
  scheme: Pick<InboundScheme, 'key' | 'ownKey'>,
): SourceKeys {
  const { values, settings } = valuesOf(app, source);
  const { organizationId, sourceId, keyBox, previousKeyBox, previousKeyUntil } = source;
  if (keyBox !== null) {
    const keys = [app.secretBox.open(keyBox, keyPlace(organizationId, sourceId, 'key_box'))];
    if (previousKeyBox !== null && (previousKeyUntil?.getTime() ?? 0) > app.clock()) {
      keys.push(app.secretBox.open(previousKeyBox, keyPlace(organizationId, sourceId, 'previous_key_box')));
    }
    return { keys, from: 'source', values, settings };
  }
  if (scheme.key === undefined && scheme.ownKey === undefined)
    return { keys: [], from: 'none', values, settings };
  const key = scheme.key === undefined ? undefined : values[scheme.key];
  return key === undefined || key === ''
    ? { keys: [], from: 'missing', values, settings }
    : { keys: [key], from: 'integration', values, settings };
}

const nothing = { values: {}, settings: {} };

function valuesOf(
  app: Pick<App, 'secretBox' | 'config'>,
  { organizationId, connection }: KeyedSource,
): Pick<SourceKeys, 'values' | 'settings'> {
  if (connection === null) return nothing;
  try {
    const { values, settings } = openConnection(app, organizationId, connection);
    const texts = Object.entries(settings).map(([key, value]) => [key, String(value)] as const);
    return { values, settings: Object.fromEntries(texts) };
  } catch (error) {
    // A provider that is gone, or a variable that is not released: there is nothing to check with.
    if (error instanceof AppError || error instanceof RangeError) return nothing;
    throw error;
  }
}

import { planLogExport } from '@trunkline/contract/logs';
import type { Hono } from 'hono';
import { fieldError } from '../errors.ts';
import { findUnstorable } from '../lib/storable.ts';
import { exportLogs } from '../modules/logs/export-logs.ts';
import type { RestEnv } from './rest.ts';
import { textStream } from './text-stream.ts';

/**
 * `GET /api/v1/logs/export`, the address that `planLogExport` names: lines as a file, written as they are read. The
 * reader's pace is ours, so that any number of lines takes the memory of one piece.
 */
export function registerLogExport(hono: Hono<RestEnv>): void {
  hono.get('/api/v1/logs/export', async (c) => {
    const query = Object.fromEntries(
      Object.entries(c.req.queries()).map(([name, values]) => [name, name === 'level' ? values : values[0]]),
    );
    const input = planLogExport.input.parse(query);
    const unstorable = findUnstorable(input);
    if (unstorable !== null) throw fieldError('invalid_input', unstorable, 'It holds a NUL.');
    const { fileName, contentType, pieces } = await exportLogs(c.get('ctx'), input);
    c.header('content-type', contentType);
    c.header('content-disposition', `attachment; filename="${fileName}"`);
    return c.body(textStream(pieces));
  });
}

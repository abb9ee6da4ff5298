import { planAuditExport } from '@trunkline/contract/audit';
import type { Hono } from 'hono';
import { fieldError } from '../errors.ts';
import { findUnstorable } from '../lib/storable.ts';
import { exportAudit } from '../modules/audit/export-audit.ts';
import type { RestEnv } from './rest.ts';
import { textStream } from './text-stream.ts';

/** `GET /api/v1/audit/export`, the address that `planAuditExport` names: records as a file, written as they are read. */
export function registerAuditExport(hono: Hono<RestEnv>): void {
  hono.get('/api/v1/audit/export', async (c) => {
    const input = planAuditExport.input.parse(c.req.query());
    const unstorable = findUnstorable(input);
    if (unstorable !== null) throw fieldError('invalid_input', unstorable, 'It holds a NUL.');
    const { fileName, contentType, pieces } = await exportAudit(c.get('ctx'), input);
    c.header('content-type', contentType);
    c.header('content-disposition', `attachment; filename="${fileName}"`);
    return c.body(textStream(pieces));
  });
}

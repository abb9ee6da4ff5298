import type { SecretPlace } from '../../lib/secret-box.ts';

/** Which row and column the content of a file is bound to. */
export function contentPlace(organizationId: string, fileId: string): SecretPlace {
  return { organizationId, table: 'exchange_files', row: fileId, column: 'content_box' };
}

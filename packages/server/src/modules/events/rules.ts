import { findEventType } from '@trunkline/contract/event-types/catalog';
import { AppError } from '../../errors.ts';

/** @throws AppError `conflict` for a name of the catalog, which every organization has and none can change */
export function requireOwnName(name: string): void {
  if (findEventType(name)) {
    throw new AppError('conflict', `${name} belongs to the catalog and cannot be changed or removed.`);
  }
}

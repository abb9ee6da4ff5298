import { useSuspenseQuery } from '@tanstack/react-query';
import { getSession } from '@trunkline/contract/access';
import type { OutputOf } from '@trunkline/contract/operation';
import type { Permission, Role } from '@trunkline/contract/permissions';
import { operationQuery } from './api.ts';
import { queryClient } from './query-client.ts';

export type Session = OutputOf<typeof getSession>;

export const sessionQuery = operationQuery(getSession, {});

/** The session, loaded before any page is shown. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** Takes over the session that signing in, setting up or switching gave back, and drops all other data. */
export function replaceSession(session: Session): void {
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== getSession.name });
  queryClient.setQueryData(sessionQuery.queryKey, session);
}

/** Says whether the signed-in person has a permission here. */
export function useCan(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}

export const roleNames: Record<Role, string> = {
  system_admin: 'System administrator',
  utility_admin: 'Utility administrator',
  viewer: 'Viewer',
};

import { randomBytes } from 'node:crypto';
import type { Config } from '../config/env.ts';
import { createOrganizationWithAdministrator } from '../modules/access/create-organization.ts';
import { startApp } from '../start-app.ts';
import { createLog } from '../start-app.ts';

export interface CreatedOrganization {
  organizationId: string;
  adminEmail: string;
  adminPassword: string;
  apiKey: string;
}

/** Creates an organization with an administrator and a generated password (`organizations create`). */
export async function createOrganization(
  config: Config,
  name: string,
  adminEmail: string,
): Promise<CreatedOrganization> {
  const running = await startApp(config, createLog('error'));
  try {
    const adminPassword = randomBytes(15).toString('base64url');
    const { organizationId, apiKey } = await createOrganizationWithAdministrator(running.app, {
      name,
      administrator: { email: adminEmail, name: 'Administrator', password: adminPassword },
    });
    return { organizationId, adminEmail, adminPassword, apiKey };
  } finally {
    await running.stop();
  }
}

/*
 * The three organizations of the documents. Whoever reads UC-ADMIN-007, CRM 6.3 and step 17 finds their screens here,
 * with live data.
 */

export interface DemoWebhook {
  name: string;
  /** Path at the demo's receiver, which answers accordingly. */
  path: string;
  events: string[];
  description?: string;
}

export interface DemoIntegration {
  provider: string;
  name: string;
  /** The recommended way unless given. */
  authType?: 'sftp' | 'manual' | 'smtp' | 'basic';
  /** Over the sandbox account's own values. */
  values?: Record<string, string>;
  settings?: Record<string, string | number | boolean>;
  limits?: { perHour?: number; perDay?: number };
  /** Name of the integration that stands in for it. */
  backup?: string;
  /** Switched off after it was connected. */
  disabled?: true;
  /** Its simulator fails in this demo, so it is saved without a test. */
  failing?: true;
}

/** Somebody beside the administrator; signs in with the same password. */
export interface DemoColleague {
  name: string;
  email: string;
  role: 'utility_admin' | 'viewer';
  /** On a working day of the past weeks. */
  visitsADay: number;
}

export interface DemoOrganization {
  name: string;
  email: string;
  person: string;
  colleagues: DemoColleague[];
  /** How much its programs have used the API; 1 is much. */
  apiTraffic: number;
  /** Groups of event types whose examples are sent while the demo runs. */
  groups: string[];
  webhooks: DemoWebhook[];
  integrations: DemoIntegration[];
  /** The only providers that its catalog shows; all unless given. */
  catalog?: string[];
}

const sftp = { authType: 'sftp' } as const;

export const demoOrganizations: readonly DemoOrganization[] = [
  {
    name: 'InTime Staffing',
    email: 'admin@intime.example',
    person: 'Priya Nair',
    colleagues: [
      { name: 'Marcus Lee', email: 'utility@intime.example', role: 'utility_admin', visitsADay: 0.95 },
      { name: 'Ana Souza', email: 'viewer@intime.example', role: 'viewer', visitsADay: 0.4 },
    ],
    apiTraffic: 1,
    groups: ['Jobs', 'Candidates', 'Submissions', 'Interviews'],
    webhooks: [
      {
        name: 'Job Created - Zapier',
        path: '/ok',
        events: ['job.created', 'job.updated'],
        description: 'Posts new jobs to the boards.',
      },
      {
        name: 'Placements to payroll',
        path: '/fail',
        events: ['submission.placed', 'submission.status_changed'],
        description: 'Payroll import; its server is down in this demo.',
      },
      {
        name: 'Candidate search index',
        path: '/flaky',
        events: ['candidate.*'],
        description: 'Fails now and then and recovers by retries.',
      },
      { name: 'Interview reminders', path: '/slow', events: ['interview.scheduled', 'interview.completed'] },
    ],
    integrations: [
      {
        provider: 'smtp',
        backup: 'Email standby',
        name: 'Email (SendGrid)',
        values: {
          preset: 'smtp.sendgrid.net',
          host: 'smtp.sendgrid.net',
          port: '587',
          username: 'apikey',
          fromEmail: 'noreply@intime.example',
          fromName: 'InTime Staffing',
        },
        limits: { perHour: 1_000, perDay: 25_000 },
        failing: true,
      },
      { provider: 'amazon-ses', name: 'Email standby' },
      { provider: 'google-calendar', name: 'Interview calendar' },
      { provider: 'aws-s3', name: 'Resume storage' },
      { provider: 'checkr', name: 'Background checks' },
      { provider: 'indeed', name: 'Indeed jobs' },
      { provider: 'linkedin-recruiter', name: 'LinkedIn jobs' },
      { provider: 'dice', name: 'Dice jobs' },
      { provider: 'bamboohr', name: 'HRIS', authType: 'basic' },
      { provider: 'adp', name: 'Payroll' },
      { provider: 'bcbs', name: 'Health insurance', ...sftp },
      { provider: 'delta-dental', name: 'Dental insurance', ...sftp },
      { provider: 'fidelity', name: '401(k)', ...sftp },
      { provider: 'e-verify', name: 'Work authorization' },
      { provider: 'twilio', name: 'Text messages' },
      { provider: 'zoom', name: 'Video interviews' },
      { provider: 'slack', name: 'Team chat', settings: { channel: '#recruiting' } },
      { provider: 'ringcentral', name: 'Phone', disabled: true },
    ],
  },
  {
    name: 'CRM',
    email: 'admin@crm.example',
    person: 'Daniel Weber',
    colleagues: [
      { name: 'Ingrid Holm', email: 'utility@crm.example', role: 'utility_admin', visitsADay: 0.95 },
      { name: 'Tom Reyes', email: 'viewer@crm.example', role: 'viewer', visitsADay: 0.4 },
    ],
    apiTraffic: 0.5,
    groups: ['Contacts', 'Campaigns', 'Email'],
    webhooks: [
      { name: 'Contact sync', path: '/ok', events: ['contact.created', 'contact.updated'] },
      {
        name: 'Campaign reporting',
        path: '/ok',
        events: ['campaign.*', 'email.*'],
        description: 'Feeds the weekly report.',
      },
    ],
    integrations: [
      { provider: 'gmail', name: 'Gmail' },
      { provider: 'google-calendar', name: 'Google Calendar' },
    ],
    catalog: ['gmail', 'google-calendar', 'slack', 'hubspot', 'linkedin', 'salesforce'],
  },
  {
    name: 'Acme',
    email: 'admin@acme.example',
    person: 'John Smith',
    colleagues: [
      { name: 'Grace Kim', email: 'utility@acme.example', role: 'utility_admin', visitsADay: 0.95 },
      { name: 'Omar Haddad', email: 'viewer@acme.example', role: 'viewer', visitsADay: 0.4 },
    ],
    apiTraffic: 0.3,
    groups: ['Conversations', 'Messages', 'Escalations'],
    webhooks: [
      {
        name: 'CRM integration webhook',
        path: '/ok',
        events: ['conversation.created', 'conversation.closed', 'message.received', 'escalation.triggered'],
      },
      {
        name: 'Support data warehouse',
        path: '/busy',
        events: ['conversation.updated'],
        description: 'Asks for later retries by Retry-After.',
      },
    ],
    integrations: [
      { provider: 'slack', name: 'Slack', settings: { channel: '#support-alerts' } },
      { provider: 'zapier', name: 'Zapier' },
      {
        provider: 'email-forwarding',
        name: 'Email Forwarding',
        values: { inboundAddress: 'support@acme.chat.example', receiver: 'mailgun' },
      },
    ],
  },
];

import { json, text } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/* The directory of a small company. Without an Accept header for JSON, BambooHR answers in XML. */

const people = [
  ['Ada', 'Example', 'Nurse', 'Care'],
  ['Grace', 'Example', 'Clerk', 'Office'],
  ['Katherine', 'Example', 'Nurse', 'Care'],
] as const;

const employees = people.map(([firstName, lastName, jobTitle, department], index) => ({
  id: String(index + 1),
  displayName: `${firstName} ${lastName}`,
  firstName,
  lastName,
  preferredName: null,
  jobTitle,
  workEmail: index === 2 ? null : `${firstName.toLowerCase()}@example.com`,
  department,
  location: 'Austin',
}));

const fields = ['displayName', 'firstName', 'lastName', 'jobTitle', 'workEmail', 'department'].map((id) => ({
  id,
  type: 'text',
  name: id,
}));

const directory = ({ request }: Call) =>
  /\bapplication\/json\b/.test(request.headers['accept'] ?? '')
    ? json(200, { fields, employees })
    : text(200, '<?xml version="1.0"?><directory></directory>', { 'content-type': 'text/xml' });

export const bamboohrOperations: OperationSet = {
  slugs: ['bamboohr'],
  routes: [
    {
      method: 'GET',
      path: '/api/gateway.php/{company}/v1/employees/directory',
      scopes: ['employee_directory'],
      handle: directory,
    },
  ],
};

import { hexOf } from './seed.ts';

/** Somebody who has an account at a simulated provider. */
export interface SampleAccount {
  /** The same at every start, and another one at every provider. */
  id: string;
  name: string;
  givenName: string;
  familyName: string;
  email: string;
  /** The company, workspace or shop that the account belongs to. */
  organization: string;
}

const people = [
  { givenName: 'John', familyName: 'Carter', email: 'john@company.com', organization: 'Company' },
  { givenName: 'Ada', familyName: 'Example', email: 'ada@example.com', organization: 'Acme' },
];

/** The two accounts that one can choose from; the first is taken when nobody chooses. */
export function sampleAccounts(slug: string): readonly SampleAccount[] {
  return people.map((person) => ({
    id: hexOf(`${slug}:${person.email}`, 20),
    name: `${person.givenName} ${person.familyName}`,
    ...person,
  }));
}

import type { Adapters } from './adapter.ts';
import { listAt, textAt } from './adapter.ts';

/** The directory, which comes as a whole: a page of it is cut out here. */
export const bamboohrAdapters: Adapters = {
  'hris.list_employees': {
    repeatable: true,
    duplicates:
      'Nothing is changed. The directory holds who works at the company now, as far as the company shares it; it tells no numbers.',
    async run({ limit, cursor = '0' }, io) {
      const start = Number(cursor);
      if (!Number.isSafeInteger(start) || start < 0) throw io.failure('This cursor is of another list.', 400);
      const answer = await io.call({ method: 'GET', path: '/v1/employees/directory' });
      const all = listAt(answer.json(), 'employees');
      return {
        employees: all.slice(start, start + limit).map((employee) => ({
          employeeId: textAt(employee, 'id') ?? '',
          number: null,
          firstName: textAt(employee, 'firstName') ?? '',
          lastName: textAt(employee, 'lastName') ?? '',
          email: textAt(employee, 'workEmail') ?? null,
          title: textAt(employee, 'jobTitle') ?? null,
          department: textAt(employee, 'department') ?? null,
          active: true,
        })),
        nextCursor: start + limit < all.length ? String(start + limit) : null,
      };
    },
  },
};

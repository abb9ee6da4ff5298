import { z } from 'zod';

/** A text of one line. A line break in it could begin a header of its own, so none is taken. */
export const Line = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[^\r\n\0]*$/, 'One line, without a line break');

/** A mailbox, as an address alone or with a name. */
export const Mailbox = z
  .union([z.email().max(254), z.object({ email: z.email().max(254), name: Line(200).optional() })])
  .transform((value) => (typeof value === 'string' ? { email: value } : value));
export type Mailbox = z.output<typeof Mailbox>;

/** One mailbox or several. */
export const Mailboxes = z
  .union([Mailbox, z.array(Mailbox).max(50)])
  .transform((value) => (Array.isArray(value) ? value : [value]));

/** The content of a file in base64, without line breaks. */
export const Base64 = (largestBytes: number) =>
  z
    .string()
    .max(Math.ceil(largestBytes / 3) * 4)
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'Base64');

/** A media type without parameters, such as `application/pdf`. */
export const MediaType = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$/, 'A media type');

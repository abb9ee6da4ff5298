/** One thing that keeps a file from being written. It never holds the value. */
export interface FileInputIssue {
  /** Which member or row of the input, from 1; null: the file itself. */
  item: number | null;
  /** The last two characters of the person's number, so that somebody who has the list recognizes the row. */
  ending: string | null;
  /** Path of the field in the item or in the input, such as `address.city`. */
  field: string;
  code: string;
  message: string;
}

/** The input cannot be written as a file of this format. Its message may be logged. */
export class FileInputError extends Error {
  readonly issues: readonly FileInputIssue[];

  constructor(issues: readonly [FileInputIssue, ...FileInputIssue[]]) {
    super(describe(issues));
    this.name = 'FileInputError';
    this.issues = issues;
  }
}

function describe([first, ...others]: readonly [FileInputIssue, ...FileInputIssue[]]): string {
  const who = first.item === null ? '' : `Member ${first.item}${ending(first)}, `;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${who}${first.field}: ${first.message}${more}`;
}

function ending({ ending }: FileInputIssue): string {
  return ending === null ? '' : ` (…${ending})`;
}

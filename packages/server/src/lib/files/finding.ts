import type { FileFinding } from '@trunkline/contract/files';

type Place = Partial<Pick<FileFinding, 'segment' | 'position' | 'element' | 'member' | 'row' | 'column'>>;

/**
 * Makes a finding. The message must be made of our own words and of names from the format: what stands in the file is
 * personal data and never goes in.
 */
export function finding(
  severity: FileFinding['severity'],
  code: string,
  message: string,
  place: Place = {},
): FileFinding {
  return {
    severity,
    code,
    message,
    segment: null,
    position: null,
    element: null,
    member: null,
    row: null,
    column: null,
    ...place,
    // Where the delimiters are wrong, an id could be anything.
    ...(place.segment && !/^[A-Z][A-Z0-9]{1,2}$/.test(place.segment) ? { segment: null, element: null } : {}),
  };
}

/** Whether a partner could take a file with these findings. */
export function hasErrors(findings: readonly FileFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** What both Google and we call the main calendar of an account. */
export const mainCalendar = 'primary';

/** The calendar that a call names, else the one of the settings, else the main one. */
export function calendarOf(named: string | undefined, values: Readonly<Record<string, string>>): string {
  return named ?? (values['defaultCalendar']?.trim() || mainCalendar);
}

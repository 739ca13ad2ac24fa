import type { Locale } from '../index';

/** A moment to the second, for a log. */
export const formatExact = (locale: Locale, at: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(
    new Date(at),
  );

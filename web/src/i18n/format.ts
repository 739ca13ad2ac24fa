import type { Locale } from './index';

/** A day, as it is written in a list. */
export const formatDay = (locale: Locale, at: string | Date): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(at));

/** A moment that matters to the minute. */
export const formatMoment = (locale: Locale, at: string | Date): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));

/** How long ago, in the largest unit that fits. */
export function formatSince(locale: Locale, at: string | Date, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - new Date(at).getTime()) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (seconds < 60) return format.format(0, 'minute');
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return format.format(-Math.floor(seconds / 3600), 'hour');
  return format.format(-Math.floor(seconds / 86_400), 'day');
}

/** One or two letters that stand for a person. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/u).filter(Boolean);
  const first = graphemes(parts[0] ?? '');
  if (first.length === 0) return '?';
  const latin = /^\p{Script=Latin}/u.test(first[0] ?? '');
  if (!latin) return first[0] ?? '?';
  const last = parts.length > 1 ? (graphemes(parts.at(-1) ?? '')[0] ?? '') : '';
  return ((first[0] ?? '') + last).toLocaleUpperCase();
}

function graphemes(word: string): string[] {
  return [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word)].map(
    (part) => part.segment,
  );
}

const HUES = 12;

/** A hue for a person, the same in every browser: one of twelve (FNV-1a of their id). */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % HUES;
}

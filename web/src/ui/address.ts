import { go, path, query } from '../router';

/** What stands in the address of this page, with some of it changed; an empty text takes it out. */
export function addressWith(
  now: URLSearchParams,
  changes: Readonly<Record<string, string | null>>,
): string {
  const next = new URLSearchParams(now);
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next.size ? `?${next}` : '';
}

/** Puts the changes into the address, so that it can be sent to somebody and gone back from. */
export function putInAddress(
  changes: Readonly<Record<string, string | null>>,
  { replace = false } = {},
): void {
  go(path.value + addressWith(query.value, changes), { replace });
}

/** A link to this page with the changes. */
export const hereWith = (changes: Readonly<Record<string, string | null>>): string =>
  path.value + addressWith(query.value, changes);

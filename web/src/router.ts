import { computed, signal } from '@preact/signals';

/** The path that the page shows; the fragment is read where it is meant, and nowhere kept. */
const here = signal(location.pathname + location.search);

export const path = computed(() => here.value.split('?')[0] ?? '/');
export const query = computed(() => new URLSearchParams(here.value.split('?')[1] ?? ''));

export function go(to: string, { replace = false } = {}): void {
  if (to === here.value && location.hash === '') return;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  here.value = location.pathname + location.search;
  if (!replace) globalThis.scrollTo(0, 0);
}

/** The parts of a path that fit a pattern such as `/w/:workspace`, decoded, or null. */
export function match<Names extends string>(
  pattern: string,
  at: string,
): Record<Names, string> | null {
  const wanted = pattern.split('/');
  const given = at.replace(/\/+$/, '').split('/');
  if (wanted.length !== Math.max(given.length, 1)) return null;
  const parts: Record<string, string> = {};
  for (const [index, want] of wanted.entries()) {
    const got = given[index] ?? '';
    if (want.startsWith(':')) {
      if (!got) return null;
      try {
        parts[want.slice(1)] = decodeURIComponent(got);
      } catch {
        return null;
      }
    } else if (want !== got) return null;
  }
  return parts;
}

/** A path of this application to come back to, or the start: never another site. */
export function safeReturn(to: string | null): string {
  if (!to?.startsWith('/') || to.startsWith('//') || to.includes('\\')) return '/';
  return to;
}

export function startRouter(): void {
  addEventListener('popstate', () => {
    here.value = location.pathname + location.search;
  });
  // Links stay real links: only a plain click on one of ours is taken over.
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link?.href || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.hash || url.pathname.startsWith('/_local')) return;
    event.preventDefault();
    go(url.pathname + url.search);
  });
}

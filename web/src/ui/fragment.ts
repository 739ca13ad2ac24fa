import { remembered } from './remembered';

/**
 * A secret that a mailed link carries in its fragment.
 *
 * It leaves the address bar and the history at once, and survives a reload of this tab only.
 */
export function fragmentSecret(key: string) {
  const kept = remembered(key, () => globalThis.sessionStorage);
  return {
    take(): string | null {
      const fragment = location.hash.slice(1);
      if (fragment && fragment !== 'content') {
        kept.write(fragment);
        history.replaceState(null, '', location.pathname);
      }
      return kept.read();
    },
    forget: (): void => kept.write(null),
  };
}

import { computed, type ReadonlySignal } from '@preact/signals';
import { locale } from './index';

/** The same keys with the same figures in them, in another language. */
export type LikeCatalogue<English> = {
  readonly [Key in keyof English]: English[Key] extends (...figures: infer Figures) => string
    ? (...figures: Figures) => string
    : string;
};

/**
 * Texts of pages that are loaded when they are needed, in the language that is on.
 *
 * They stand in a folder of their own, `en.ts` and `ja.ts`, and only lazy pages may import them.
 */
export function catalogue<English extends object>(
  en: English,
  ja: LikeCatalogue<English>,
): ReadonlySignal<LikeCatalogue<English>> {
  return computed(() => (locale.value === 'ja' ? ja : (en as LikeCatalogue<English>)));
}

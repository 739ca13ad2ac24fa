import { computed, signal } from '@preact/signals';
import { remembered } from '../ui/remembered';
import type { LikeCatalogue } from './catalogue';
import { en } from './en';
import { ja } from './ja';

export type Locale = 'ja' | 'en';

export type Catalogue = LikeCatalogue<typeof en>;

const catalogues: Record<Locale, Catalogue> = { en, ja };

/** The language to begin with: what was chosen before, else the first that we speak. */
export function firstLocale(chosen: string | null, preferred: readonly string[]): Locale {
  if (chosen === 'ja' || chosen === 'en') return chosen;
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'ja' || language === 'en') return language;
  }
  return 'en';
}

const chosen = remembered('koeba.language');

export const locale = signal<Locale>(
  firstLocale(chosen.read(), globalThis.navigator?.languages ?? []),
);

/** Every text of the page in the language that is on. */
export const text = computed<Catalogue>(() => catalogues[locale.value]);

export function chooseLocale(next: Locale): void {
  locale.value = next;
  chosen.write(next);
}

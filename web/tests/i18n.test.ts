import { expect, test } from 'vitest';
import { firstLocale } from '../src/i18n';

type Words = Record<string, unknown>;
const read = (found: Record<string, Record<string, Words>>): Words[] =>
  Object.values(found).map((file) => Object.values(file)[0] ?? {});

/** Every catalogue there is: the shell's, and one for each part that is loaded later. */
const english = read(import.meta.glob('../src/i18n/**/en.ts', { eager: true }));
const japanese = read(import.meta.glob('../src/i18n/**/ja.ts', { eager: true }));
const pairs = english.map((en, index) => [en, japanese[index] ?? {}] as const);

const entries = (catalogue: object) => Object.entries(catalogue) as Array<[string, unknown]>;

test('both languages have the same keys, and a text for each', () => {
  expect(pairs.length).toBeGreaterThan(1);
  for (const [en, ja] of pairs) {
    expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort());
    for (const [key, value] of [...entries(en), ...entries(ja)]) {
      const words =
        typeof value === 'function'
          ? value(...Array.from({ length: value.length }, () => 2))
          : value;
      expect(words, key).toMatch(/\S/);
    }
  }
});

test('every figure that a text is given stands in it, in both languages', () => {
  for (const catalogue of pairs.flat()) {
    for (const [key, value] of entries(catalogue)) {
      if (typeof value !== 'function') continue;
      const figures = Array.from({ length: value.length }, (_, index) => `@${index + 41}@`);
      for (const figure of figures) expect(value(...figures), key).toContain(figure);
    }
  }
});

test('no English text is left in the Japanese catalogue', () => {
  for (const [en, ja] of pairs) {
    const untranslated = entries(ja).filter(
      ([key, value]) => typeof value === 'string' && value === en[key],
    );
    expect(untranslated).toEqual([]);
  }
});

test('the language is what was chosen before, then what the browser prefers, then English', () => {
  expect(firstLocale('en', ['ja-JP'])).toBe('en');
  expect(firstLocale(null, ['fr-FR', 'ja-JP', 'en-US'])).toBe('ja');
  expect(firstLocale('tlh', ['en-GB', 'ja'])).toBe('en');
  expect(firstLocale(null, ['fr'])).toBe('en');
});

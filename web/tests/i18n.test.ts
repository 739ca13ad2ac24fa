import { expect, test } from 'vitest';
import { firstLocale } from '../src/i18n';
import { en } from '../src/i18n/en';
import { ja } from '../src/i18n/ja';

const entries = (catalogue: object) => Object.entries(catalogue) as Array<[string, unknown]>;

test('both languages have the same keys, and a text for each', () => {
  expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort());
  for (const [key, value] of [...entries(en), ...entries(ja)]) {
    const words =
      typeof value === 'function' ? value(...Array.from({ length: value.length }, () => 2)) : value;
    expect(words, key).toMatch(/\S/);
  }
});

test('every figure that a text is given stands in it, in both languages', () => {
  for (const [language, catalogue] of [
    ['en', en],
    ['ja', ja],
  ] as const) {
    for (const [key, value] of entries(catalogue)) {
      if (typeof value !== 'function') continue;
      const figures = Array.from({ length: value.length }, (_, index) => `@${index + 41}@`);
      for (const figure of figures)
        expect(value(...figures), `${language}.${key}`).toContain(figure);
    }
  }
});

test('no English text is left in the Japanese catalogue', () => {
  const untranslated = entries(ja).filter(
    ([key, value]) => typeof value === 'string' && value === en[key as keyof typeof en],
  );
  expect(untranslated).toEqual([]);
});

test('the language is what was chosen before, then what the browser prefers, then English', () => {
  expect(firstLocale('en', ['ja-JP'])).toBe('en');
  expect(firstLocale(null, ['fr-FR', 'ja-JP', 'en-US'])).toBe('ja');
  expect(firstLocale('tlh', ['en-GB', 'ja'])).toBe('en');
  expect(firstLocale(null, ['fr'])).toBe('en');
});

/// <reference types="vite/client" />
import { expect, test } from 'vitest';

const source = Object.entries(
  import.meta.glob<string>('../src/**/*.{ts,tsx}', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);
const filesWith = (what: RegExp): string[] =>
  source.filter(([, text]) => what.test(text)).map(([name]) => name);

test('no page turns text into markup or code', () => {
  expect(source.length).toBeGreaterThan(20);
  expect(
    filesWith(
      /dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function\(/,
    ),
  ).toEqual([]);
});

test('nothing is written to the console', () => {
  expect(filesWith(/\bconsole\./)).toEqual([]);
});

/** Texts that do harm where a page takes text for markup, code or an address. */
import { expect, type Locator, type Page } from '@playwright/test';

export const CORPUS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "'-alert(3)-'",
  '<svg/onload=alert(4)>',
  'javascript:alert(5)',
  '<iframe srcdoc="<script>alert(6)</script>">',
  '{{constructor.constructor("alert(7)")()}}',
  '${alert(8)}&lt;b&gt;&#x41;',
  '</title></style><a href=//evil.test>x',
] as const;

/** What a page did that it must not do. */
export interface Watch {
  readonly seen: string[];
}

/** Notes every dialog, every breach of the content security policy, and every error of a script. */
export async function watch(page: Page): Promise<Watch> {
  const seen: string[] = [];
  page.on('dialog', (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
  await page.exposeFunction('tellOfBreach', (what: string) => {
    seen.push(`breach: ${what}`);
  });
  await page.addInitScript(() => {
    const tell = (window as unknown as { tellOfBreach(what: string): void }).tellOfBreach;
    document.addEventListener('securitypolicyviolation', (event) =>
      tell(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
  return { seen };
}

/** The texts are there to be read, letter by letter, and nothing came of them. */
export async function expectVerbatim(
  place: Page | Locator,
  texts: readonly string[],
  { seen }: Watch,
): Promise<void> {
  for (const text of texts) {
    await expect(place.getByText(text, { exact: true }).filter({ visible: true }).first(), text).toBeVisible();
  }
  expect(seen).toEqual([]);
}

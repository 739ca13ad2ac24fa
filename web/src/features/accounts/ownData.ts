import { answer, api } from '../../api/client';
import type { DeletionView } from '../../api/views';
import { download } from '../../ui/download';

/** Saves everything that Koeba keeps about this person, as a page or for programs. */
export async function saveOwnData(kind: 'json' | 'html', name: string): Promise<void> {
  const path = kind === 'json' ? '/api/me/export' : '/api/me/export.html';
  const content: unknown = await answer(api.GET(path, { parseAs: 'blob' }));
  download(`${name}.${kind}`, content as Blob);
}

export const deleteAccount = (): Promise<DeletionView> =>
  answer(api.POST('/api/me/deletion', { body: { confirm: 'DELETE' } }));

/** Whether somebody typed DELETE, in whatever width an input method left the letters. */
export const saysDelete = (typed: string): boolean => typed.normalize('NFKC').trim() === 'DELETE';

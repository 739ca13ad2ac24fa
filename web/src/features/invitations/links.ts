import { ask, within } from '../../api/ask';
import type { ImportedLine, LinkView, ListOf } from '../../api/adminViews';
import type { Role } from '../../api/types';

export interface LinkWish {
  readonly role: Role;
  readonly expires_in_hours: number;
  readonly domains: readonly string[];
  readonly most_uses: number | null;
}

export const readLinks = async (workspace: string): Promise<readonly LinkView[]> =>
  (await ask<ListOf<LinkView>>('GET', within(workspace, 'invitation-links'))).items;

export const makeLink = (workspace: string, wish: LinkWish): Promise<LinkView> =>
  ask('POST', within(workspace, 'invitation-links'), { body: wish });

export const revokeLink = (workspace: string, link: string): Promise<void> =>
  ask('DELETE', within(workspace, 'invitation-links', link));

export const importInvitations = async (
  workspace: string,
  csv: string,
): Promise<readonly ImportedLine[]> =>
  (
    await ask<{ items: readonly ImportedLine[] }>(
      'POST',
      within(workspace, 'invitations', 'import'),
      { body: { csv } },
    )
  ).items;

/** Domains or networks as somebody writes them into one field. */
export const listIn = (written: string): string[] => [
  ...new Set(
    written
      .normalize('NFKC')
      .split(/[\s,、;]+/u)
      .map((each) => each.trim().toLowerCase().replace(/^@/, ''))
      .filter(Boolean),
  ),
];

/** How many people at most one file may invite. */
export const MOST_LINES = 200;

/** The lines of a file that are not empty, without its header. */
export const linesIn = (csv: string): number =>
  Math.max(0, csv.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').length - 1);

/** The file as text: UTF-8, or Shift_JIS as spreadsheets in Japan write it. */
export function decodeSheet(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('shift_jis').decode(bytes);
  }
}

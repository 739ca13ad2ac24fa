import { answer, api } from '../../api/client';
import type { Member } from '../../api/types';

export interface MemberPage {
  readonly items: readonly Member[];
  readonly next: string | null;
}

export async function readMembers(workspace: string, cursor: string | null): Promise<MemberPage> {
  const { items, next_cursor } = await answer(
    api.GET('/api/workspaces/{workspace_id}/members', {
      params: { path: { workspace_id: workspace }, query: cursor === null ? {} : { cursor } },
    }),
  );
  return { items, next: next_cursor ?? null };
}

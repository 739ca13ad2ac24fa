import type { DeletionView } from '../../api/adminViews';
import { ask, within } from '../../api/ask';
import type { Room, Workspace } from '../../api/types';
import { readInvitations } from '../invitations/invitations';
import { everybody } from '../members/members';
import { loadWorkspaces, workspaces } from './workspaces';

export async function renameWorkspace(workspace: string, name: string): Promise<Workspace> {
  const after = await ask<Workspace>('PATCH', within(workspace), { body: { name } });
  workspaces.value = workspaces.value?.map((each) => (each.id === after.id ? after : each));
  return after;
}

export async function giveOwnership(workspace: string, user: string): Promise<void> {
  await ask('POST', within(workspace, 'ownership'), { body: { user_id: user } });
  await loadWorkspaces();
}

export const deleteWorkspace = (workspace: string): Promise<DeletionView> =>
  ask('POST', within(workspace, 'deletion'), { body: { confirm: 'DELETE' } });

/** What goes with a workspace. */
export interface Contents {
  readonly members: number;
  readonly rooms: number;
  readonly invitations: number;
}

export async function countContents(
  workspace: string,
  rooms: readonly Room[] | undefined,
): Promise<Contents> {
  const [members, invitations] = await Promise.all([
    everybody(workspace),
    readInvitations(workspace),
  ]);
  return {
    members: members.length,
    rooms: rooms?.length ?? 0,
    invitations: invitations.filter(({ state }) => state === 'pending').length,
  };
}

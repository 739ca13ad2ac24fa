import { answer, api } from '../../api/client';
import type { Invitation, InvitationPreview, Role, Workspace } from '../../api/types';
import { remembered } from '../../ui/remembered';

export async function readInvitations(workspace: string): Promise<Invitation[]> {
  const found: Invitation[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Invitation[]; next_cursor?: string | null } = await answer(
      api.GET('/api/workspaces/{workspace_id}/invitations', {
        params: { path: { workspace_id: workspace }, query: cursor === null ? {} : { cursor } },
      }),
    );
    found.push(...page.items);
    cursor = page.next_cursor ?? null;
  } while (cursor !== null);
  return found;
}

export const invite = (workspace: string, email: string, role: Role): Promise<Invitation> =>
  answer(
    api.POST('/api/workspaces/{workspace_id}/invitations', {
      params: { path: { workspace_id: workspace } },
      body: { email, role },
    }),
  );

export async function revoke(workspace: string, invitation: string): Promise<void> {
  await answer(
    api.DELETE('/api/workspaces/{workspace_id}/invitations/{invitation_id}', {
      params: { path: { workspace_id: workspace, invitation_id: invitation } },
    }),
  );
}

export const preview = (token: string): Promise<InvitationPreview> =>
  answer(api.POST('/api/invitations/preview', { body: { token } }), { keepSession: true });

export const accept = (token: string): Promise<Workspace> =>
  answer(api.POST('/api/invitations/accept', { body: { token } }));

/** The token survives signing in or up in this tab, and leaves the address bar at once. */
const kept = remembered('koeba.invitation', () => globalThis.sessionStorage);

export function takeInvitationToken(): string | null {
  const fragment = location.hash.slice(1);
  if (fragment) {
    kept.write(fragment);
    history.replaceState(null, '', location.pathname);
  }
  return kept.read();
}

export const forgetInvitationToken = (): void => kept.write(null);

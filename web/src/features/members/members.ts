import { ask, download, said, within } from '../../api/ask';
import type { ListOf, MemberState, MemberView } from '../../api/adminViews';
import type { Role, Workspace } from '../../api/types';

export interface MemberPage {
  readonly items: readonly MemberView[];
  readonly next: string | null;
}

/** What stands in the address of the page of members. */
export interface MemberFilters {
  readonly q: string;
  readonly role: string;
  readonly state: string;
}

export const ROLES: readonly Role[] = ['owner', 'manager', 'member', 'guest'];
const STATES: readonly MemberState[] = ['active', 'deactivated'];

/** Reads the filters; what is not one of ours counts as not said. */
export function filtersIn(query: URLSearchParams): MemberFilters {
  const one = (name: string, of: readonly string[]) => {
    const value = query.get(name) ?? '';
    return of.includes(value) ? value : '';
  };
  return {
    q: (query.get('q') ?? '').trim().slice(0, 64),
    role: one('role', ROLES),
    state: one('state', STATES),
  };
}

export async function readMembers(
  workspace: string,
  filters: MemberFilters,
  cursor: string | null,
): Promise<MemberPage> {
  const { items, next_cursor } = await ask<ListOf<MemberView>>(
    'GET',
    within(workspace, 'members'),
    { query: said({ ...filters, cursor }) },
  );
  return { items, next: next_cursor ?? null };
}

/** Everybody who can act, for lists to choose from. */
export async function everybody(workspace: string): Promise<MemberView[]> {
  const found: MemberView[] = [];
  let cursor: string | null = null;
  do {
    const page: MemberPage = await readMembers(workspace, { q: '', role: '', state: '' }, cursor);
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

export const readMember = (workspace: string, member: string): Promise<MemberView> =>
  ask('GET', within(workspace, 'members', member));

export const changeRole = (workspace: string, member: string, role: Role): Promise<MemberView> =>
  ask('PATCH', within(workspace, 'members', member), { body: { role } });

export const deactivate = (workspace: string, member: string): Promise<MemberView> =>
  ask('POST', within(workspace, 'members', member, 'deactivate'));

export const reactivate = (workspace: string, member: string): Promise<MemberView> =>
  ask('POST', within(workspace, 'members', member, 'reactivate'));

export const removeMember = (workspace: string, member: string): Promise<void> =>
  ask('DELETE', within(workspace, 'members', member));

export const exportMembers = (workspace: string): Promise<void> =>
  download(within(workspace, 'members', 'export'), {}, 'members.csv');

/** What the page offers for a member; the server decides in the end. */
export function actionsFor(
  workspace: Pick<Workspace, 'role'>,
  member: Pick<MemberView, 'role' | 'state' | 'user_id' | 'responsible'>,
  me: string | undefined,
): ReadonlySet<'role' | 'deactivate' | 'reactivate' | 'remove'> {
  const offered = new Set<'role' | 'deactivate' | 'reactivate' | 'remove'>();
  if (workspace.role !== 'owner' && workspace.role !== 'manager') return offered;
  // Ownership goes by its own way, and nobody takes their own right away by a slip.
  if (member.role === 'owner' || member.user_id === me) return offered;
  if (member.state === 'deactivated') offered.add('reactivate');
  else {
    offered.add('role');
    if (!member.responsible) offered.add('deactivate');
  }
  if (!member.responsible) offered.add('remove');
  return offered;
}

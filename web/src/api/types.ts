import type { paths } from './generated';

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;
type Ok<
  Path extends keyof paths,
  Method extends keyof paths[Path],
  Status extends number,
> = paths[Path][Method] extends { responses: infer R }
  ? Status extends keyof R
    ? Json<R[Status]>
    : never
  : never;

export type SignedIn = Ok<'/api/me', 'get', 200>;
export type User = SignedIn['user'];
export type Workspace = Ok<'/api/workspaces/{workspace_id}', 'get', 200>;
export type Role = Workspace['role'];
export type Room = Ok<'/api/workspaces/{workspace_id}/rooms/{room_id}', 'get', 200>;
export type Occupant = Room['occupants'][number];
export type JoinPermit = Ok<'/api/workspaces/{workspace_id}/rooms/{room_id}/join', 'post', 200>;
export type Member = Ok<'/api/workspaces/{workspace_id}/members', 'get', 200>['items'][number];
export type Invitation = Ok<
  '/api/workspaces/{workspace_id}/invitations',
  'get',
  200
>['items'][number];
export type InvitationPreview = Ok<'/api/invitations/preview', 'post', 200>;

/** What each role may do, as far as the page has to know in order to offer it. */
export const mayManage = (role: Role): boolean => role === 'manager' || role === 'owner';
export const mayListMembers = (role: Role): boolean => role !== 'guest';
/** The roles that somebody may give away: no more than their own, and never ownership. */
export const grantable = (role: Role): Role[] =>
  mayManage(role) ? ['guest', 'member', 'manager'] : [];

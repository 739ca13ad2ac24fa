import type { ComponentChildren } from 'preact';
import type { Workspace } from '../api/types';
import { match } from '../router';
import { HomePage } from './HomePage';
import {
  AuditPage,
  FindingsPage,
  MembersPage,
  PolicyPage,
  ReviewPage,
  ReviewsPage,
  SettingsPage,
} from './lazyPages';
import { RoomPage } from './RoomPage';
import { WorkspaceFrame } from './WorkspaceFrame';

interface WorkspaceRoute {
  /** The address after `/w/:workspace`. */
  readonly at: string;
  readonly view: 'list' | 'room' | 'page';
  readonly page: (workspace: Workspace, parts: Record<string, string>) => ComponentChildren;
}

/** Every page of a workspace; pages that few people need are lazy ones, from `lazyPages.ts`. */
const routes: readonly WorkspaceRoute[] = [
  { at: '', view: 'list', page: (workspace) => <HomePage workspace={workspace} /> },
  {
    at: '/rooms/:room',
    view: 'room',
    page: (workspace, { room = '' }) => <RoomPage key={room} workspace={workspace} roomId={room} />,
  },
  { at: '/members', view: 'page', page: (workspace) => <MembersPage workspace={workspace} /> },
  { at: '/policy', view: 'page', page: (workspace) => <PolicyPage workspace={workspace} /> },
  { at: '/audit', view: 'page', page: (workspace) => <AuditPage workspace={workspace} /> },
  { at: '/findings', view: 'page', page: (workspace) => <FindingsPage workspace={workspace} /> },
  {
    at: '/access-reviews',
    view: 'page',
    page: (workspace) => <ReviewsPage workspace={workspace} />,
  },
  {
    at: '/access-reviews/:review',
    view: 'page',
    page: (workspace, { review = '' }) => (
      <ReviewPage key={review} workspace={workspace} reviewId={review} />
    ),
  },
  { at: '/settings', view: 'page', page: (workspace) => <SettingsPage workspace={workspace} /> },
];

/** The page of a workspace at this address, in its frame; null when it is none. */
export function workspaceRoute(at: string): ComponentChildren {
  for (const { at: pattern, view, page } of routes) {
    const parts = match(`/w/:workspace${pattern}`, at) as Record<string, string> | null;
    if (!parts) continue;
    return (
      <WorkspaceFrame workspaceId={parts.workspace ?? ''} view={view}>
        {(workspace) => page(workspace, parts)}
      </WorkspaceFrame>
    );
  }
  return null;
}

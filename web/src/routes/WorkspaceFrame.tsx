import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { mayListMembers, type Workspace } from '../api/types';
import { AccountMenu } from '../features/accounts/AccountMenu';
import { user } from '../features/accounts/session';
import { CallProblem } from '../features/calls/CallProblem';
import { CallBar } from '../features/calls/lazyCall';
import { RoomList } from '../features/rooms/RoomList';
import { watchRooms } from '../features/rooms/watchRooms';
import { WorkspaceSwitcher } from '../features/workspaces/WorkspaceSwitcher';
import { loadWorkspaces, rememberWorkspace, workspaces } from '../features/workspaces/workspaces';
import { text } from '../i18n';
import { paths } from '../paths';
import { path } from '../router';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { LanguageSelect } from '../ui/LanguageSelect';
import { Mark } from '../ui/Logo';
import { ProblemNotice } from '../ui/Notice';
import { Skeleton } from '../ui/Page';
import { useTask } from '../ui/useTask';
import { callState } from '../voice/voice';
import { NotFoundPage } from './NotFoundPage';

interface Props {
  workspaceId: string;
  /** On a phone there is room for the list of rooms or for a page, not for both. */
  view: 'list' | 'room' | 'page';
  children: (workspace: Workspace) => ComponentChildren;
}

/** What stays on the screen in a workspace: where one is, the rooms, and the call. */
export function WorkspaceFrame({ workspaceId, view, children }: Props) {
  const t = text.value;
  const task = useTask();
  const load = () => task.run(async () => void (await loadWorkspaces()));
  useEffect(() => {
    if (workspaces.value === undefined) void load();
  }, []);
  const workspace = workspaces.value?.find(({ id }) => id === workspaceId);
  const known = workspace !== undefined;
  useEffect(() => {
    if (!known) return;
    rememberWorkspace(workspaceId);
    return watchRooms(workspaceId);
  }, [workspaceId, known]);

  if (workspaces.value !== undefined && !workspace) return <NotFoundPage />;
  const members = paths.members(workspaceId);
  return (
    <div class="app" data-view={view} data-call={callState.value !== 'idle' || undefined}>
      <a class="skip" href="#content">
        {t.skipToContent}
      </a>
      <header class="top">
        <a class="top-logo" href={paths.workspace(workspaceId)} aria-label="Koeba">
          <Mark />
        </a>
        {workspace && <WorkspaceSwitcher current={workspace} />}
        <div class="top-end">
          {workspace && mayListMembers(workspace.role) && (
            <a
              class="button button-quiet"
              href={members}
              aria-current={path.value === members ? 'page' : undefined}
            >
              <Icon name="people" />
              <span class="button-text">{t.members}</span>
            </a>
          )}
          <LanguageSelect />
          {user.value && <AccountMenu user={user.value} />}
        </div>
      </header>
      <nav class="side" aria-label={t.rooms}>
        {workspace ? <RoomList workspace={workspace} /> : <Skeleton label={t.loading} rows={5} />}
      </nav>
      <main id="content" class="main" tabIndex={-1}>
        <CallProblem />
        <ProblemNotice problem={task.problem.value}>
          <Button small onClick={() => void load()}>
            {t.retry}
          </Button>
        </ProblemNotice>
        {workspace && children(workspace)}
      </main>
      <CallBar />
    </div>
  );
}

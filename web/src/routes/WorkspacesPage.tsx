import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { roleName } from '../features/members/roles';
import { CreateWorkspaceForm } from '../features/workspaces/CreateWorkspaceForm';
import { loadWorkspaces, workspaces } from '../features/workspaces/workspaces';
import { text } from '../i18n';
import { paths } from '../paths';
import { Avatar } from '../ui/Avatar';
import { Button } from '../ui/Button';
import { ProblemNotice } from '../ui/Notice';
import { PageTitle, Skeleton } from '../ui/Page';
import { useTask } from '../ui/useTask';
import { PublicFrame } from './PublicFrame';

export function WorkspacesPage() {
  const t = text.value;
  const making = useSignal(false);
  const task = useTask();
  const load = () => task.run(async () => void (await loadWorkspaces()));
  useEffect(() => void load(), []);
  const found = workspaces.value;
  const empty = found?.length === 0;
  return (
    <PublicFrame>
      <section class="card">
        <PageTitle title={empty ? t.workspacesEmpty : t.workspacesTitle} />
        {empty && <p class="lead">{t.workspacesEmptyLead}</p>}
        <ProblemNotice problem={task.problem.value}>
          <Button small onClick={() => void load()}>
            {t.retry}
          </Button>
        </ProblemNotice>
        {found === undefined && !task.problem.value && <Skeleton label={t.loading} />}
        {found && !empty && (
          <ul class="choices">
            {found.map(({ id, name, role }) => (
              <li key={id}>
                <a class="choice" href={paths.workspace(id)} aria-label={t.workspaceOpen(name)}>
                  <Avatar id={id} name={name} />
                  <span class="choice-name">{name}</span>
                  <span class="tag">{roleName(role, t)}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
        {found && (empty || making.value) && <CreateWorkspaceForm />}
        {found && !empty && !making.value && (
          <Button
            icon="plus"
            onClick={() => {
              making.value = true;
            }}
          >
            {t.workspaceNew}
          </Button>
        )}
      </section>
    </PublicFrame>
  );
}

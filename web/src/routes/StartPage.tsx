import { useEffect } from 'preact/hooks';
import { lastWorkspace, loadWorkspaces } from '../features/workspaces/workspaces';
import { text } from '../i18n';
import { paths } from '../paths';
import { go } from '../router';
import { Button } from '../ui/Button';
import { ProblemNotice } from '../ui/Notice';
import { Skeleton } from '../ui/Page';
import { useTask } from '../ui/useTask';
import { PublicFrame } from './PublicFrame';

/** Sends somebody who is signed in to where they were last, or to the choice. */
export function StartPage() {
  const task = useTask();
  const begin = () =>
    task.run(async () => {
      const found = await loadWorkspaces();
      const last = found.find(({ id }) => id === lastWorkspace());
      const only = found.length === 1 ? found[0] : undefined;
      const to = last ?? only;
      go(to ? paths.workspace(to.id) : paths.workspaces, { replace: true });
    });
  useEffect(() => void begin(), []);
  return (
    <PublicFrame>
      {task.problem.value ? (
        <ProblemNotice problem={task.problem.value}>
          <Button small onClick={() => void begin()}>
            {text.value.retry}
          </Button>
        </ProblemNotice>
      ) : (
        <Skeleton label={text.value.loading} />
      )}
    </PublicFrame>
  );
}

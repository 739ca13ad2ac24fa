import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { FindingList } from '../api/adminViews';
import { mayManage, type Workspace } from '../api/types';
import { FindingTable } from '../features/findings/FindingTable';
import { readFindings } from '../features/findings/findings';
import { text } from '../i18n';
import { adminText } from '../i18n/admin';
import { Button } from '../ui/Button';
import { ProblemNotice } from '../ui/Notice';
import { Skeleton } from '../ui/Page';
import { useTask } from '../ui/useTask';
import { AdminFrame } from './AdminFrame';

export function FindingsPage({ workspace }: { workspace: Workspace }) {
  const t = text.value;
  const a = adminText.value;
  const found = useSignal<FindingList | null>(null);
  const task = useTask();
  const load = () =>
    task.run(async () => {
      found.value = await readFindings(workspace.id);
    });
  useEffect(() => {
    if (mayManage(workspace.role)) void load();
  }, [workspace.id]);
  return (
    <AdminFrame
      workspace={workspace}
      title={a.findings}
      lead={a.findingsLead}
      actions={
        <Button busy={task.busy.value} onClick={() => void load()}>
          {a.findingsAgain}
        </Button>
      }
    >
      <ProblemNotice problem={task.problem.value}>
        <Button small onClick={() => void load()}>
          {t.retry}
        </Button>
      </ProblemNotice>
      {!found.value && !task.problem.value && <Skeleton label={t.loading} rows={4} />}
      {found.value?.items.length === 0 && <p>{a.findingsNone}</p>}
      {found.value && found.value.items.length > 0 && <FindingTable findings={found.value.items} />}
      {found.value && found.value.left_out > 0 && (
        <p class="quiet">{a.findingsLeftOut(found.value.left_out)}</p>
      )}
    </AdminFrame>
  );
}

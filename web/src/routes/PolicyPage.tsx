import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PolicyView } from '../api/adminViews';
import { mayManage, type Workspace } from '../api/types';
import { PolicyForm } from '../features/policy/PolicyForm';
import { readPolicy } from '../features/policy/policy';
import { locale, text } from '../i18n';
import { adminText } from '../i18n/admin';
import { formatMoment } from '../i18n/format';
import { Button } from '../ui/Button';
import { ProblemNotice } from '../ui/Notice';
import { Skeleton } from '../ui/Page';
import { toast } from '../ui/Toast';
import { useTask } from '../ui/useTask';
import { AdminFrame } from './AdminFrame';

export function PolicyPage({ workspace }: { workspace: Workspace }) {
  const a = adminText.value;
  const view = useSignal<PolicyView | null>(null);
  /** The form begins anew with what was saved or read. */
  const read = useSignal(0);
  const task = useTask();
  const show = (after: PolicyView) => {
    view.value = after;
    read.value += 1;
  };
  const load = () => task.run(async () => show(await readPolicy(workspace.id)));
  useEffect(() => {
    if (mayManage(workspace.role)) void load();
  }, [workspace.id]);
  const found = view.value;
  return (
    <AdminFrame workspace={workspace} title={a.policy} lead={a.policyLead}>
      <ProblemNotice problem={task.problem.value}>
        <Button small onClick={() => void load()}>
          {text.value.retry}
        </Button>
      </ProblemNotice>
      {!found && !task.problem.value && <Skeleton label={text.value.loading} rows={5} />}
      {found?.changed_at && (
        <p class="quiet">{a.policyLast(formatMoment(locale.value, found.changed_at))}</p>
      )}
      {found && (
        <PolicyForm
          key={read.value}
          workspace={workspace}
          view={found}
          onSaved={(after) => {
            show(after);
            toast(adminText.value.policySaved);
          }}
          onStale={() => void load()}
        />
      )}
    </AdminFrame>
  );
}

import { useSignal } from '@preact/signals';
import type { MemberView } from '../../api/adminViews';
import type { Workspace } from '../../api/types';
import { text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { Notice, ProblemNotice } from '../../ui/Notice';
import { Panel } from '../../ui/Panel';
import { Select } from '../../ui/Select';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { everybody } from '../members/members';
import { giveOwnership } from './settings';

/** Gives the workspace to somebody else; whoever does it stays as a manager. */
export function OwnershipPanel({ workspace }: { workspace: Workspace }) {
  const a = adminText.value;
  const heirs = useSignal<readonly MemberView[] | null>(null);
  const chosen = useSignal('');
  const task = useTask();
  const open = () =>
    task.run(async () => {
      const found = (await everybody(workspace.id)).filter(
        ({ role, state }) => role !== 'owner' && role !== 'guest' && state === 'active',
      );
      chosen.value = found[0]?.user_id ?? '';
      heirs.value = found;
    });
  const heir = heirs.value?.find(({ user_id }) => user_id === chosen.value);
  return (
    <Panel title={a.ownership} lead={a.ownershipLead}>
      <ProblemNotice problem={task.problem.value} />
      {heirs.value?.length === 0 && <Notice tone="info" title={a.ownershipNobody} />}
      <div class="form-actions">
        <Button busy={task.busy.value} onClick={() => void open()}>
          {a.ownershipOpen}
        </Button>
      </div>
      {heirs.value && heir && (
        <Confirm
          title={a.ownershipOpen}
          lead={a.ownershipWarning}
          act={a.ownershipDo}
          danger
          onAct={async () => {
            await giveOwnership(workspace.id, heir.user_id);
            toast(adminText.value.ownershipGiven(heir.display_name));
          }}
          onClose={() => {
            heirs.value = null;
          }}
        >
          <Select
            label={text.value.memberName}
            value={chosen.value}
            onChoose={(user) => {
              chosen.value = user;
            }}
          >
            {heirs.value.map(({ user_id, display_name, email }) => (
              <option key={user_id} value={user_id}>
                {`${display_name} (${email})`}
              </option>
            ))}
          </Select>
        </Confirm>
      )}
    </Panel>
  );
}

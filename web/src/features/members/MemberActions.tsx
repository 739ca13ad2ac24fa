import { useSignal } from '@preact/signals';
import type { MemberView } from '../../api/adminViews';
import { grantable, type Role, type Workspace } from '../../api/types';
import { text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { Select } from '../../ui/Select';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { ProblemNotice } from '../../ui/Notice';
import { user } from '../accounts/session';
import { actionsFor, changeRole, deactivate, reactivate, removeMember } from './members';
import { roleHint, roleName } from './roles';

interface Props {
  workspace: Workspace;
  member: MemberView;
  /** With the member as they are now, or null when they are gone. */
  onDone: (after: MemberView | null, words: string) => void;
}

export function MemberActions({ workspace, member, onDone }: Props) {
  const a = adminText.value;
  const asking = useSignal<'role' | 'deactivate' | 'remove' | null>(null);
  const task = useTask();
  const offered = actionsFor(workspace, member, user.value?.id);
  const { user_id: id, display_name: name } = member;
  const close = () => {
    asking.value = null;
  };
  if (offered.size === 0) {
    return (
      <p class="quiet">
        {member.role === 'owner' ? a.noActionsOwner : id === user.value?.id ? a.noActionsSelf : ''}
      </p>
    );
  }
  return (
    <div class="actions" role="group" aria-label={a.memberActions(name)}>
      <ProblemNotice problem={task.problem.value} />
      {offered.has('role') && (
        <Button small onClick={() => void (asking.value = 'role')}>
          {a.changeRole}
        </Button>
      )}
      {offered.has('deactivate') && (
        <Button small onClick={() => void (asking.value = 'deactivate')}>
          {a.deactivate}
        </Button>
      )}
      {offered.has('reactivate') && (
        <Button
          small
          busy={task.busy.value}
          onClick={() =>
            void task.run(async () =>
              onDone(await reactivate(workspace.id, id), adminText.value.reactivated(name)),
            )
          }
        >
          {a.reactivate}
        </Button>
      )}
      {offered.has('remove') && (
        <Button small onClick={() => void (asking.value = 'remove')}>
          {a.remove}
        </Button>
      )}
      {member.responsible && <p class="quiet">{a.responsibleStays}</p>}
      {asking.value === 'role' && (
        <ChangeRole workspace={workspace} member={member} onDone={onDone} onClose={close} />
      )}
      {asking.value === 'deactivate' && (
        <Confirm
          title={a.deactivateTitle(name)}
          lead={a.deactivateLead}
          act={a.deactivate}
          danger
          onAct={async () =>
            onDone(await deactivate(workspace.id, id), adminText.value.deactivated(name))
          }
          onClose={close}
        />
      )}
      {asking.value === 'remove' && (
        <Confirm
          title={a.removeTitle(name)}
          lead={a.removeLead}
          act={a.remove}
          danger
          onAct={async () => {
            await removeMember(workspace.id, id);
            toast(adminText.value.removed(name));
            onDone(null, '');
          }}
          onClose={close}
        />
      )}
    </div>
  );
}

function ChangeRole({ workspace, member, onDone, onClose }: Props & { onClose: () => void }) {
  const t = text.value;
  const a = adminText.value;
  const role = useSignal<Role>(member.role);
  return (
    <Confirm
      title={a.changeRoleTitle(member.display_name)}
      lead={a.changeRoleLead}
      act={t.save}
      ready={role.value !== member.role}
      fields={['role']}
      onAct={async () => {
        const after = await changeRole(workspace.id, member.user_id, role.value);
        onDone(
          after,
          adminText.value.roleChanged(after.display_name, roleName(after.role, text.value)),
        );
      }}
      onClose={onClose}
    >
      <Select
        label={t.role}
        value={role.value}
        hint={roleHint(role.value, t)}
        onChoose={(chosen) => {
          role.value = chosen as Role;
        }}
      >
        {grantable(workspace.role).map((each) => (
          <option key={each} value={each}>
            {roleName(each, t)}
          </option>
        ))}
      </Select>
    </Confirm>
  );
}

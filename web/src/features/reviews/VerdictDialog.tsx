import { useSignal } from '@preact/signals';
import type { ReviewLine } from '../../api/adminViews';
import { grantable, type Role, type Workspace } from '../../api/types';
import { text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { Confirm } from '../../ui/Confirm';
import { Field } from '../../ui/Field';
import { Select } from '../../ui/Select';
import { roleHint, roleName } from '../members/roles';
import type { Verdict } from './reviews';
import { nameOf } from './words';

interface Props {
  workspace: Workspace;
  line: ReviewLine;
  decision: 'change' | 'remove';
  onDecide: (verdict: Verdict) => Promise<void>;
  onClose: () => void;
}

/** What the decision needs beside itself: the new role, and why. */
export function VerdictDialog({ workspace, line, decision, onDecide, onClose }: Props) {
  const t = text.value;
  const a = adminText.value;
  const others = grantable(workspace.role).filter((role) => role !== line.role);
  const role = useSignal<Role>(line.new_role ?? others.at(-1) ?? 'member');
  const note = useSignal(line.note ?? '');
  const name = nameOf(line);
  const changes = decision === 'change';
  return (
    <Confirm
      title={changes ? a.decideChangeTitle(name) : a.decideRemoveTitle(name)}
      lead={a.decideLater}
      act={a.decideDo}
      fields={['new_role', 'note']}
      onAct={() => {
        const why = note.value.trim();
        return onDecide({
          decision,
          ...(changes ? { new_role: role.value } : {}),
          ...(why ? { note: why } : {}),
        });
      }}
      onClose={onClose}
    >
      {(task) => (
        <>
          {changes && (
            <Select
              label={a.newRole}
              value={role.value}
              hint={task.problem.value?.fields.new_role ?? roleHint(role.value, t)}
              onChoose={(chosen) => {
                role.value = chosen as Role;
              }}
            >
              {others.map((each) => (
                <option key={each} value={each}>
                  {roleName(each, t)}
                </option>
              ))}
            </Select>
          )}
          <Field
            label={a.note}
            hint={a.noteHint}
            value={note}
            error={task.problem.value?.fields.note}
            maxLength={200}
            autocomplete="off"
          />
        </>
      )}
    </Confirm>
  );
}

import { useSignal } from '@preact/signals';
import { grantable, type Role, type Workspace } from '../../api/types';
import { text } from '../../i18n';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { Select } from '../../ui/Select';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { roleHint, roleName } from '../members/roles';
import { invite } from './invitations';

interface Props {
  workspace: Workspace;
  onSent: () => void;
  onClose: () => void;
}

export function InviteDialog({ workspace, onSent, onClose }: Props) {
  const t = text.value;
  const email = useSignal('');
  const role = useSignal<Role>('member');
  const task = useTask();
  return (
    <Dialog title={t.inviteTitle} lead={t.inviteLead} onClose={onClose}>
      <Form
        task={task}
        fields={['email', 'role']}
        onSubmit={async () => {
          const sent = await invite(workspace.id, email.value.trim(), role.value);
          toast(text.value.inviteSent(sent.email));
          onSent();
          onClose();
        }}
      >
        <Field
          label={t.email}
          value={email}
          error={task.problem.value?.fields.email}
          type="email"
          inputMode="email"
          autocomplete="off"
          required
        />
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
        <div class="dialog-actions">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button kind="primary" type="submit" busy={task.busy.value}>
            {t.inviteSend}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

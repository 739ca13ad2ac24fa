import { useSignal } from '@preact/signals';
import type { Workspace } from '../../api/types';
import { text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { Panel } from '../../ui/Panel';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { renameWorkspace } from './settings';

export function RenamePanel({ workspace }: { workspace: Workspace }) {
  const t = text.value;
  const name = useSignal(workspace.name);
  const task = useTask();
  return (
    <Panel title={adminText.value.rename}>
      <Form
        task={task}
        fields={['name']}
        onSubmit={async () => {
          const after = await renameWorkspace(workspace.id, name.value.trim());
          name.value = after.name;
          toast(adminText.value.renamed(after.name));
        }}
      >
        <Field
          label={t.workspaceName}
          hint={t.workspaceNameHint}
          value={name}
          error={task.problem.value?.fields.name}
          maxLength={64}
          autocomplete="organization"
          required
        />
        <div class="form-actions">
          <Button
            kind="primary"
            type="submit"
            busy={task.busy.value}
            disabled={name.value.trim() === workspace.name}
          >
            {t.save}
          </Button>
        </div>
      </Form>
    </Panel>
  );
}

import { useSignal } from '@preact/signals';
import { text } from '../../i18n';
import { paths } from '../../paths';
import { go } from '../../router';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { useTask } from '../../ui/useTask';
import { createWorkspace } from './workspaces';

export function CreateWorkspaceForm() {
  const t = text.value;
  const name = useSignal('');
  const task = useTask();
  return (
    <Form
      task={task}
      fields={['name']}
      onSubmit={async () => {
        const { id } = await createWorkspace(name.value.trim());
        go(paths.workspace(id));
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
      <Button kind="primary" type="submit" busy={task.busy.value}>
        {t.workspaceCreate}
      </Button>
    </Form>
  );
}

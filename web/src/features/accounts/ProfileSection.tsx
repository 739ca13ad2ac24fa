import { useSignal } from '@preact/signals';
import type { User } from '../../api/types';
import { chooseLocale, type Locale, locale, text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { Panel } from '../../ui/Panel';
import { Select } from '../../ui/Select';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { changeProfile } from './profile';
import { begin } from './session';

/** The name that others see, and the language that Koeba speaks and writes. */
export function ProfileSection({ user }: { user: User }) {
  const t = accountText.value;
  const name = useSignal(user.display_name);
  const language = useSignal<Locale>(locale.value);
  const task = useTask();
  return (
    <Panel title={t.profile}>
      <Form
        task={task}
        fields={['display_name']}
        onSubmit={async () => {
          begin(await changeProfile(name.value.trim(), language.value));
          chooseLocale(language.value);
          toast(accountText.value.saved);
        }}
      >
        <Field
          label={text.value.yourName}
          hint={text.value.yourNameHint}
          value={name}
          error={task.problem.value?.fields.display_name}
          name="name"
          autocomplete="name"
          required
        />
        <Select
          label={text.value.language}
          hint={t.languageHint}
          value={language.value}
          onChoose={(chosen) => {
            language.value = chosen as Locale;
          }}
        >
          <option value="ja" lang="ja">
            日本語
          </option>
          <option value="en" lang="en">
            English
          </option>
        </Select>
        <div class="form-actions">
          <Button kind="primary" type="submit" busy={task.busy.value}>
            {text.value.save}
          </Button>
        </div>
      </Form>
    </Panel>
  );
}

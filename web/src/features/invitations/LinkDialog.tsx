import { useSignal } from '@preact/signals';
import { grantable, type Role, type Workspace } from '../../api/types';
import { locale, text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatMoment } from '../../i18n/format';
import type { LinkView } from '../../api/adminViews';
import { Button } from '../../ui/Button';
import { CopyButton } from '../../ui/CopyButton';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { Notice } from '../../ui/Notice';
import { Select } from '../../ui/Select';
import { useTask } from '../../ui/useTask';
import { roleHint, roleName } from '../members/roles';
import { listIn, makeLink } from './links';

interface Props {
  workspace: Workspace;
  onMade: () => void;
  onClose: () => void;
}

/** Makes a link that lets several people in; it is shown once. */
export function LinkDialog({ workspace, onMade, onClose }: Props) {
  const t = text.value;
  const a = adminText.value;
  const role = useSignal<Role>('member');
  const hours = useSignal('72');
  const domains = useSignal('');
  const most = useSignal('');
  const made = useSignal<LinkView | null>(null);
  const task = useTask();
  const problems = task.problem.value?.fields ?? {};
  const link = made.value;
  if (link) {
    return (
      <Dialog title={a.linkMade} lead={a.linkMadeLead} onClose={onClose}>
        <div class="stack">
          <CopyButton value={link.link ?? ''} label={t.copy} />
          <p class="quiet">{a.linkUntil(formatMoment(locale.value, link.expires_at))}</p>
          <div class="dialog-actions">
            <Button kind="primary" onClick={onClose}>
              {t.close}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={a.linkTitle} lead={a.linkLead} onClose={onClose}>
      <Form
        task={task}
        fields={['domains', 'most_uses', 'expires_in_hours', 'role']}
        onSubmit={async () => {
          made.value = await makeLink(workspace.id, {
            role: role.value,
            expires_in_hours: Number(hours.value),
            domains: listIn(domains.value),
            most_uses: most.value.trim() === '' ? null : Number(most.value.normalize('NFKC')),
          });
          onMade();
        }}
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
        <Select
          label={a.linkExpiry}
          value={hours.value}
          onChoose={(chosen) => {
            hours.value = chosen;
          }}
        >
          {[1, 24, 72, 168, 720].map((each) => (
            <option key={each} value={String(each)}>
              {each < 24 ? a.hours(each) : a.days(each / 24)}
            </option>
          ))}
        </Select>
        <Field
          label={a.linkDomains}
          hint={a.linkDomainsHint}
          value={domains}
          error={problems.domains}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
        />
        <Field
          label={a.linkMost}
          hint={a.linkMostHint}
          value={most}
          error={problems.most_uses}
          inputMode="numeric"
          maxLength={5}
          autocomplete="off"
        />
        <Notice title={a.linkWarning} tone="info" />
        <div class="dialog-actions">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button kind="primary" type="submit" busy={task.busy.value}>
            {a.linkDo}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

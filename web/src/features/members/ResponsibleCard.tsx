import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MemberView, ResponsibleView } from '../../api/adminViews';
import { mayManage, type Workspace } from '../../api/types';
import { locale, text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatDay } from '../../i18n/format';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { Facts } from '../../ui/Facts';
import { Field } from '../../ui/Field';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { Select } from '../../ui/Select';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { everybody } from './members';
import { nameResponsible, readResponsible } from './responsible';

/** 管理責任者: the person who answers for the workspace, by name. */
export function ResponsibleCard({
  workspace,
  onNamed,
}: {
  workspace: Workspace;
  onNamed: () => void;
}) {
  const t = text.value;
  const a = adminText.value;
  const named = useSignal<ResponsibleView | null | undefined>(undefined);
  const managers = useSignal<readonly MemberView[] | null>(null);
  const task = useTask();
  useEffect(() => {
    void task.run(async () => {
      named.value = await readResponsible(workspace.id);
    });
  }, [workspace.id]);
  const open = () =>
    task.run(async () => {
      managers.value = (await everybody(workspace.id)).filter(
        ({ role, state }) => mayManage(role) && state === 'active',
      );
    });
  const who = named.value;
  return (
    <section class="panel" aria-labelledby="responsible">
      <div class="panel-head">
        <h2 id="responsible">{a.responsible}</h2>
        <Button small busy={task.busy.value} onClick={() => void open()}>
          {who ? a.responsibleChange : a.responsibleName}
        </Button>
      </div>
      <p class="quiet">{a.responsibleLead}</p>
      <ProblemNotice problem={task.problem.value} />
      {who === undefined && !task.problem.value && <Skeleton label={t.loading} rows={1} />}
      {who === null && <p>{a.responsibleNone}</p>}
      {who && (
        <Facts
          label={a.responsible}
          facts={[
            [t.memberName, who.display_name || a.unknown],
            [a.department, who.department || a.notSaid],
            [a.contact, who.contact || a.notSaid],
            [a.appointedAt, formatDay(locale.value, who.appointed_at)],
          ]}
        />
      )}
      {managers.value && (
        <NameResponsible
          workspace={workspace.id}
          managers={managers.value}
          now={who ?? null}
          onNamed={(after) => {
            named.value = after;
            toast(adminText.value.responsibleNamed(after.display_name));
            onNamed();
          }}
          onClose={() => {
            managers.value = null;
          }}
        />
      )}
    </section>
  );
}

interface NameProps {
  workspace: string;
  managers: readonly MemberView[];
  now: ResponsibleView | null;
  onNamed: (after: ResponsibleView) => void;
  onClose: () => void;
}

function NameResponsible({ workspace, managers, now, onNamed, onClose }: NameProps) {
  const a = adminText.value;
  const who = useSignal(now?.user_id ?? managers[0]?.user_id ?? '');
  const department = useSignal(now?.department ?? '');
  const contact = useSignal(now?.contact ?? '');
  return (
    <Confirm
      title={a.responsibleTitle}
      lead={a.responsibleTitleLead}
      act={a.responsibleDo}
      fields={['user_id', 'department', 'contact']}
      onAct={async () =>
        onNamed(
          await nameResponsible(workspace, {
            user_id: who.value,
            department: department.value.trim(),
            contact: contact.value.trim(),
          }),
        )
      }
      onClose={onClose}
    >
      {(task) => (
        <>
          <Select
            label={text.value.memberName}
            value={who.value}
            onChoose={(chosen) => {
              who.value = chosen;
            }}
          >
            {managers.map(({ user_id, display_name, email }) => (
              <option key={user_id} value={user_id}>
                {`${display_name} (${email})`}
              </option>
            ))}
          </Select>
          <Field
            label={a.department}
            value={department}
            error={task.problem.value?.fields.department}
            maxLength={64}
            autocomplete="off"
            required
          />
          <Field
            label={a.contact}
            hint={a.contactHint}
            value={contact}
            error={task.problem.value?.fields.contact}
            maxLength={254}
            autocomplete="off"
            required
          />
        </>
      )}
    </Confirm>
  );
}

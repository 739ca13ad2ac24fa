import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { MemberView } from '../../api/adminViews';
import { mayManage, type Workspace } from '../../api/types';
import { locale, text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatDay } from '../../i18n/format';
import { query } from '../../router';
import { Avatar } from '../../ui/Avatar';
import { hereWith } from '../../ui/address';
import { Button } from '../../ui/Button';
import { type Column, DataTable } from '../../ui/DataTable';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { useTask } from '../../ui/useTask';
import { user } from '../accounts/session';
import { since, stateName, stepNames } from './facts';
import { filtersIn, readMembers } from './members';
import { roleName } from './roles';

interface Props {
  workspace: Workspace;
  /** Rises when somebody was changed. */
  changed: number;
}

export function MemberTable({ workspace, changed }: Props) {
  const t = text.value;
  const a = adminText.value;
  const found = useSignal<readonly MemberView[] | null>(null);
  const next = useSignal<string | null>(null);
  const task = useTask();
  const filters = filtersIn(query.value);
  const filtered = JSON.stringify(filters);
  const read = async (cursor: string | null, wanted: () => boolean) => {
    const page = await readMembers(workspace.id, filters, cursor);
    if (!wanted()) return;
    found.value = cursor === null ? page.items : [...(found.value ?? []), ...page.items];
    next.value = page.next;
  };
  useEffect(() => {
    let wanted = true;
    task.busy.value = false;
    void task.run(() => read(null, () => wanted));
    return () => {
      wanted = false;
    };
  }, [workspace.id, filtered, changed]);
  const manages = mayManage(workspace.role);
  const columns = useMemo(() => columnsFor(manages), [manages, a]);
  const more = () => task.run(() => read(next.value, () => true));
  return (
    <>
      <ProblemNotice problem={task.problem.value}>
        <Button small onClick={() => void task.run(() => read(null, () => true))}>
          {t.retry}
        </Button>
      </ProblemNotice>
      {found.value && (
        <p class="quiet" role="status">
          {next.value === null
            ? a.membersFound(found.value.length)
            : a.membersFoundSoFar(found.value.length)}
        </p>
      )}
      {found.value && found.value.length > 0 && (
        <DataTable
          caption={t.members}
          columns={columns}
          rows={found.value}
          keyOf={({ user_id }) => user_id}
          marked={({ state }) => state === 'deactivated'}
        />
      )}
      {!found.value && !task.problem.value && <Skeleton label={t.loading} />}
      {next.value !== null && (
        <Button busy={task.busy.value} onClick={() => void more()}>
          {t.membersMore}
        </Button>
      )}
    </>
  );
}

function columnsFor(manages: boolean): readonly Column<MemberView>[] {
  const t = text.value;
  const a = adminText.value;
  const name: Column<MemberView> = {
    label: t.memberName,
    cell: (member) => <Who member={member} linked={manages} />,
  };
  const role: Column<MemberView> = {
    label: t.role,
    tight: true,
    cell: (member) => roleName(member.role, t),
  };
  if (!manages) {
    return [
      name,
      role,
      { label: t.membersJoined, cell: ({ joined_at }) => formatDay(locale.value, joined_at) },
    ];
  }
  return [
    name,
    role,
    {
      label: a.state,
      tight: true,
      cell: ({ state }) => <span data-state={state}>{stateName(state, a)}</span>,
    },
    {
      label: a.lastSignIn,
      tight: true,
      cell: ({ last_sign_in_at }) => since(locale.value, last_sign_in_at, a.never),
    },
    {
      label: a.secondSteps,
      cell: (member) => (
        <span data-missing={member.second_steps.length === 0 || undefined}>
          {stepNames(member, a)}
        </span>
      ),
    },
    {
      label: a.passwordChanged,
      tight: true,
      cell: ({ password_changed_at }) => since(locale.value, password_changed_at, a.unknown),
    },
  ];
}

function Who({ member, linked }: { member: MemberView; linked: boolean }) {
  const { display_name: name, user_id: id } = member;
  return (
    <span class="person">
      <Avatar id={id} name={name} />
      <span class="person-words">
        <span class="person-name">
          {linked ? <a href={hereWith({ member: id })}>{name}</a> : name}
          {id === user.value?.id && <span class="tag">{text.value.you}</span>}
          {member.responsible && <span class="tag">{adminText.value.responsibleMark}</span>}
        </span>
        <span class="quiet">{member.email}</span>
      </span>
    </span>
  );
}

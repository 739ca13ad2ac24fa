import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AuditEntry } from '../api/adminViews';
import { mayManage, type Workspace } from '../api/types';
import { AuditDrawer } from '../features/audit/AuditDrawer';
import { AuditFilterBar } from '../features/audit/AuditFilterBar';
import { AuditState } from '../features/audit/AuditState';
import { AuditTable } from '../features/audit/AuditTable';
import { exportEntries, filtersIn, readEntries } from '../features/audit/audit';
import { text } from '../i18n';
import { adminText } from '../i18n/admin';
import { query } from '../router';
import { putInAddress } from '../ui/address';
import { Button } from '../ui/Button';
import { ProblemNotice } from '../ui/Notice';
import { Skeleton } from '../ui/Page';
import { useTask } from '../ui/useTask';
import { AdminFrame } from './AdminFrame';

export const AuditPage = ({ workspace }: { workspace: Workspace }) =>
  mayManage(workspace.role) ? (
    <AuditLog workspace={workspace} />
  ) : (
    <AdminFrame workspace={workspace} title={adminText.value.audit}>
      {null}
    </AdminFrame>
  );

function AuditLog({ workspace }: { workspace: Workspace }) {
  const t = text.value;
  const a = adminText.value;
  const found = useSignal<readonly AuditEntry[] | null>(null);
  const next = useSignal<string | null>(null);
  const task = useTask();
  const exporting = useTask();
  /** Rises when the newest entries are asked for anew. */
  const asked = useSignal(0);
  const filters = filtersIn(query.value);
  const filtered = JSON.stringify(filters);
  const read = async (cursor: string | null, wanted: () => boolean = () => true) => {
    const page = await readEntries(workspace.id, filters, cursor);
    if (!wanted()) return;
    found.value = cursor === null ? page.items : [...(found.value ?? []), ...page.items];
    next.value = page.next_cursor ?? null;
  };
  useEffect(() => {
    let wanted = true;
    task.busy.value = false;
    void task.run(() => read(null, () => wanted));
    return () => {
      wanted = false;
    };
  }, [workspace.id, filtered, asked.value]);
  const save = (format: 'csv' | 'jsonl') => () =>
    void exporting.run(() => exportEntries(workspace.id, filters, format));
  const again = () => {
    asked.value += 1;
  };
  const open = query.value.get('entry');
  return (
    <AdminFrame
      workspace={workspace}
      title={a.audit}
      lead={a.auditLead}
      actions={
        <span class="head-actions">
          <Button onClick={again}>{a.auditAgain}</Button>
          <Button busy={exporting.busy.value} onClick={save('csv')}>
            {a.exportCsv}
          </Button>
          <Button busy={exporting.busy.value} onClick={save('jsonl')}>
            {a.exportJsonl}
          </Button>
        </span>
      }
    >
      <ProblemNotice problem={exporting.problem.value} />
      <AuditState key={asked.value} workspace={workspace.id} />
      <AuditFilterBar names={namesIn(found.value ?? [])} />
      <ProblemNotice problem={task.problem.value}>
        <Button small onClick={again}>
          {t.retry}
        </Button>
      </ProblemNotice>
      {!found.value && !task.problem.value && <Skeleton label={t.loading} rows={6} />}
      {found.value?.length === 0 && <p class="quiet">{a.auditNothing}</p>}
      {found.value && found.value.length > 0 && <AuditTable entries={found.value} />}
      {next.value !== null && (
        <Button busy={task.busy.value} onClick={() => void task.run(() => read(next.value))}>
          {t.membersMore}
        </Button>
      )}
      {open !== null && /^\d+$/.test(open) && (
        <AuditDrawer
          key={open}
          workspace={workspace.id}
          seq={open}
          onClose={() => putInAddress({ entry: null })}
        />
      )}
    </AdminFrame>
  );
}

/** The names behind the identifiers that the entries show, for the chips. */
function namesIn(entries: readonly AuditEntry[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { actor, subject } of entries) {
    if (actor.id && actor.name) names.set(actor.id, actor.name);
    if (subject?.name) names.set(subject.id, subject.name);
  }
  return names;
}

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AuditEntry } from '../../api/adminViews';
import { locale, text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatExact } from '../../i18n/admin/format';
import { Button } from '../../ui/Button';
import { DataTable } from '../../ui/DataTable';
import { Drawer } from '../../ui/Drawer';
import { Facts } from '../../ui/Facts';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { useTask } from '../../ui/useTask';
import { readEntry } from './audit';
import { actionWords, actorWords, outcomeWords, subjectWords } from './words';

interface Props {
  workspace: string;
  seq: string;
  onClose: () => void;
}

/** One entry in full. */
export function AuditDrawer({ workspace, seq, onClose }: Props) {
  const t = text.value;
  const a = adminText.value;
  const entry = useSignal<AuditEntry | null>(null);
  const copied = useSignal(false);
  const task = useTask();
  useEffect(() => {
    void task.run(async () => {
      entry.value = await readEntry(workspace, seq);
    });
  }, [workspace, seq]);
  const found = entry.value;
  return (
    <Drawer title={found ? actionWords(found.action) : a.auditEntry} onClose={onClose}>
      <ProblemNotice problem={task.problem.value} />
      {!found && !task.problem.value && <Skeleton label={t.loading} />}
      {found && (
        <>
          <Facts label={a.auditEntry} facts={factsOf(found)} />
          <h3>{a.auditChanges}</h3>
          {found.changes.length === 0 ? (
            <p class="quiet">{a.auditNoChanges}</p>
          ) : (
            <DataTable
              caption={a.auditChanges}
              rows={found.changes}
              keyOf={({ field }) => field}
              columns={[
                { label: a.differenceField, cell: ({ field }) => <code>{field}</code> },
                {
                  label: a.before,
                  cell: ({ before }) => (before == null ? a.nothing : <del>{before}</del>),
                },
                {
                  label: a.after,
                  cell: ({ after }) => (after == null ? a.nothing : <ins>{after}</ins>),
                },
              ]}
            />
          )}
          <p>
            <Button
              small
              onClick={() => {
                navigator.clipboard
                  ?.writeText(JSON.stringify(found, null, 2))
                  .then(() => {
                    copied.value = true;
                  })
                  .catch(() => {});
              }}
            >
              {a.copyJson}
            </Button>{' '}
            <span class="quiet" role="status">
              {copied.value ? t.copied : ''}
            </span>
          </p>
        </>
      )}
    </Drawer>
  );
}

function factsOf(entry: AuditEntry): readonly (readonly [string, string | preact.JSX.Element])[] {
  const a = adminText.value;
  return [
    [a.auditNumber, String(entry.seq)],
    [a.auditWhat, <code key="action">{entry.action}</code>],
    [a.filterOutcome, outcomeWords(entry.outcome, a)],
    [a.auditWhen, formatExact(locale.value, entry.at)],
    [a.auditWho, actorWords(entry, a)],
    [a.auditWhom, subjectWords(entry) || a.nothing],
    [a.auditWhere, entry.network ?? a.unknown],
    [a.auditRequest, <code key="request">{entry.request_id ?? '—'}</code>],
    [a.auditHash, <code key="hash">{entry.hash}</code>],
    [a.auditPrevHash, <code key="prev">{entry.prev_hash}</code>],
  ];
}

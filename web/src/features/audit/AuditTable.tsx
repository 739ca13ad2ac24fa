import type { AuditEntry } from '../../api/adminViews';
import { locale } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatExact } from '../../i18n/admin/format';
import { hereWith } from '../../ui/address';
import { DataTable } from '../../ui/DataTable';
import { actionWords, actorWords, outcomeWords, subjectWords } from './words';

export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  const a = adminText.value;
  return (
    <DataTable
      caption={a.audit}
      rows={entries}
      keyOf={({ seq }) => seq}
      marked={({ outcome }) => outcome === 'refused'}
      columns={[
        {
          label: a.auditWhat,
          cell: (entry) => (
            <>
              <a href={hereWith({ entry: String(entry.seq) })}>{actionWords(entry.action)}</a>
              {entry.outcome === 'refused' && (
                <span class="tag tag-refused">{outcomeWords('refused', a)}</span>
              )}
            </>
          ),
        },
        {
          label: a.auditWho,
          cell: (entry) =>
            entry.actor.id ? (
              <a class="plain-link" href={hereWith({ actor: entry.actor.id, entry: null })}>
                {actorWords(entry, a)}
              </a>
            ) : (
              actorWords(entry, a)
            ),
        },
        {
          label: a.auditWhom,
          cell: (entry) =>
            entry.subject ? (
              <a class="plain-link" href={hereWith({ subject: entry.subject.id, entry: null })}>
                {subjectWords(entry)}
              </a>
            ) : (
              ''
            ),
        },
        {
          label: a.auditWhen,
          cell: ({ at }) => <time dateTime={at}>{formatExact(locale.value, at)}</time>,
        },
        { label: a.auditWhere, cell: ({ network }) => network ?? '' },
      ]}
    />
  );
}

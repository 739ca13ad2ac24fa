import type { Finding } from '../../api/adminViews';
import { locale } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatExact } from '../../i18n/admin/format';
import { findingText } from '../../i18n/admin/words';
import { DataTable } from '../../ui/DataTable';

/** What the guards found, the latest first; what somebody has to look at is marked. */
export function FindingTable({ findings }: { findings: readonly Finding[] }) {
  const a = adminText.value;
  const words = findingText.value;
  return (
    <DataTable
      caption={a.findings}
      rows={findings}
      keyOf={({ id }) => id}
      marked={({ state }) => state === 'open'}
      columns={[
        {
          label: a.findingWhat,
          cell: ({ kind, name }) => (
            <>
              {words[kind]}
              {name && <span class="finding-name">{name}</span>}
            </>
          ),
        },
        { label: a.findingSeverity, cell: ({ severity }) => words[severity] },
        {
          label: a.state,
          cell: ({ state }) =>
            state === 'open' ? <span class="tag tag-refused">{words.open}</span> : words[state],
        },
        { label: a.findingRegion, cell: ({ region }) => words[region] },
        {
          label: a.findingFirst,
          cell: ({ first_seen_at }) => (
            <time dateTime={first_seen_at}>{formatExact(locale.value, first_seen_at)}</time>
          ),
        },
        {
          label: a.findingLast,
          cell: ({ seen_at }) => (
            <time dateTime={seen_at}>{formatExact(locale.value, seen_at)}</time>
          ),
        },
      ]}
    />
  );
}

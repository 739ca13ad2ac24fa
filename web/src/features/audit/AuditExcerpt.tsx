import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AuditEntry } from '../../api/adminViews';
import { locale } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatMoment } from '../../i18n/format';
import { ProblemNotice } from '../../ui/Notice';
import { useTask } from '../../ui/useTask';
import { NO_FILTERS, readEntries } from './audit';
import { actionWords, actorWords, outcomeWords } from './words';

interface Props {
  workspace: string;
  subject: string;
  allHref: string;
}

/** The newest entries about somebody. */
export function AuditExcerpt({ workspace, subject, allHref }: Props) {
  const a = adminText.value;
  const found = useSignal<readonly AuditEntry[] | null>(null);
  const task = useTask();
  useEffect(() => {
    void task.run(async () => {
      found.value = (await readEntries(workspace, { ...NO_FILTERS, subject }, null, 5)).items;
    });
  }, [workspace, subject]);
  return (
    <section class="section" aria-labelledby="about-them">
      <h3 id="about-them">{a.auditAbout}</h3>
      <ProblemNotice problem={task.problem.value} />
      {found.value?.length === 0 && <p class="quiet">{a.auditNone}</p>}
      {found.value && found.value.length > 0 && (
        <ul class="excerpt">
          {found.value.map((entry) => (
            <li key={entry.seq}>
              <span>{actionWords(entry.action)}</span>
              {entry.outcome === 'refused' && <span class="tag">{outcomeWords('refused', a)}</span>}
              <span class="quiet">
                {formatMoment(locale.value, entry.at)} · {actorWords(entry, a)}
              </span>
            </li>
          ))}
        </ul>
      )}
      <a href={allHref}>{a.auditAll}</a>
    </section>
  );
}

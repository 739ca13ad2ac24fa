import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AuditStateView } from '../../api/adminViews';
import { locale } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatExact } from '../../i18n/admin/format';
import { Notice, ProblemNotice } from '../../ui/Notice';
import { useTask } from '../../ui/useTask';
import { readState } from './audit';

/** Whether the log is whole: how far the chain reaches, how far it is anchored, where it stopped. */
export function AuditState({ workspace }: { workspace: string }) {
  const a = adminText.value;
  const state = useSignal<AuditStateView | null>(null);
  const task = useTask();
  useEffect(() => {
    void task.run(async () => {
      state.value = await readState(workspace);
    });
  }, [workspace]);
  const found = state.value;
  if (!found) return <ProblemNotice problem={task.problem.value} />;
  return (
    <section class="audit-state" aria-label={a.auditState}>
      {found.gaps.map(({ from, to }) => (
        <Notice
          key={from}
          title={a.auditGap(formatExact(locale.value, from), formatExact(locale.value, to))}
          detail={a.auditGapDo}
        />
      ))}
      <details>
        <summary>
          {a.auditHead(found.head.seq)}{' '}
          {found.anchored
            ? a.auditAnchored(found.anchored.seq, formatExact(locale.value, found.anchored.at))
            : a.auditNotAnchored}{' '}
          {found.gaps.length === 0 && a.auditNoGaps}
        </summary>
        <p class="quiet">{a.auditChainWords}</p>
        <p>
          <code>{found.head.hash}</code>
        </p>
      </details>
    </section>
  );
}

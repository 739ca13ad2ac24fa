import type { ComponentChildren } from 'preact';
import type { ApiProblem } from '../api/client';
import { UNREACHABLE } from '../api/problem';
import { text } from '../i18n';
import { CopyButton } from './CopyButton';
import { Icon } from './Icon';

interface Props {
  title: string;
  detail?: string | undefined;
  diagnosticId?: string | undefined;
  tone?: 'problem' | 'info';
  children?: ComponentChildren;
}

/** What happened, what to do about it, and what to quote when asking for help. */
export const Notice = ({ title, detail, diagnosticId, tone = 'problem', children }: Props) => (
  <div class={`notice notice-${tone}`} role={tone === 'problem' ? 'alert' : 'status'}>
    <Icon name={tone === 'problem' ? 'warn' : 'check'} />
    <div class="notice-body">
      <p class="notice-title">{title}</p>
      {detail && <p>{detail}</p>}
      {(diagnosticId || children) && (
        <div class="notice-actions">
          {children}
          {diagnosticId && <CopyButton value={diagnosticId} label={text.value.copyDiagnostic} />}
        </div>
      )}
    </div>
  </div>
);

/** A refusal by the server in its own words, or in ours when it sent none. */
export function ProblemNotice({
  problem,
  children,
}: {
  problem: ApiProblem | null;
  children?: ComponentChildren;
}) {
  const t = text.value;
  if (!problem) return null;
  const ours =
    problem.slug === UNREACHABLE
      ? [t.problemUnreachable, t.problemUnreachableDo]
      : [t.problemServer, t.problemServerDo];
  return (
    <Notice
      title={problem.title || (ours[0] ?? '')}
      detail={problem.detail || ours[1]}
      diagnosticId={problem.requestId || undefined}
    >
      {children}
    </Notice>
  );
}

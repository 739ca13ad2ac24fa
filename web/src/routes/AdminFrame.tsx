import type { ComponentChildren } from 'preact';
import { mayManage, type Workspace } from '../api/types';
import { text } from '../i18n';
import { adminText } from '../i18n/admin';
import { paths } from '../paths';
import { path } from '../router';
import { Notice } from '../ui/Notice';
import { PageTitle } from '../ui/Page';
import '../styles/account.css';
import '../styles/admin.css';

/** The ways between the pages of a manager. */
export function AdminNav({ workspace }: { workspace: Workspace }) {
  const a = adminText.value;
  const { id } = workspace;
  const here = path.value;
  const ways = [
    [paths.members(id), text.value.members],
    [paths.policy(id), a.policy],
    [paths.audit(id), a.audit],
    [paths.reviews(id), a.reviews],
    [paths.findings(id), a.findings],
    [paths.settings(id), a.settings],
  ] as const;
  return (
    <nav class="admin-nav" aria-label={a.adminNav}>
      {ways.map(([to, words]) => (
        <a
          key={to}
          href={to}
          aria-current={
            here === to
              ? 'page'
              : to !== paths.members(id) && here.startsWith(`${to}/`)
                ? 'true'
                : undefined
          }
        >
          {words}
        </a>
      ))}
    </nav>
  );
}

interface Props {
  workspace: Workspace;
  title: string;
  lead?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** A page for managers; whoever is none is told so in a friendly way. */
export function AdminFrame({ workspace, title, lead, actions, children }: Props) {
  if (!mayManage(workspace.role)) return <ForManagers workspace={workspace} title={title} />;
  return (
    <div class="page admin">
      <AdminNav workspace={workspace} />
      <div class="page-head">
        <PageTitle title={title} />
        {actions}
      </div>
      {lead && <p class="quiet">{lead}</p>}
      {children}
    </div>
  );
}

export function ForManagers({ workspace, title }: { workspace: Workspace; title: string }) {
  const a = adminText.value;
  return (
    <div class="page">
      <PageTitle title={title} />
      <Notice tone="info" title={a.forManagers} detail={a.forManagersDo}>
        <a class="button button-plain button-small" href={paths.workspace(workspace.id)}>
          {a.toRooms}
        </a>
      </Notice>
    </div>
  );
}

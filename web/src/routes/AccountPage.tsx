import '../styles/account.css';
import type { ComponentChildren } from 'preact';
import { DataSection } from '../features/accounts/DataSection';
import { DeviceList } from '../features/accounts/DeviceList';
import { EmailSection } from '../features/accounts/EmailSection';
import { PasswordSection } from '../features/accounts/PasswordSection';
import { ProfileSection } from '../features/accounts/ProfileSection';
import { SecondStepList } from '../features/accounts/SecondStepList';
import { user } from '../features/accounts/session';
import { accountText } from '../i18n/account';
import { paths } from '../paths';
import { Icon } from '../ui/Icon';
import { PageTitle } from '../ui/Page';

/** Everything about one's own account, a page per question. */
export function AccountPage({ at }: { at: string }) {
  const t = accountText.value;
  const here = at.replace(/\/+$/, '');
  const pages: Array<[path: string, name: string]> = [
    [paths.account, t.navProfile],
    [paths.accountSecurity, t.navSecurity],
    [paths.accountDevices, t.navDevices],
    [paths.accountData, t.navData],
  ];
  const [current, title] = pages.find(([path]) => path === here) ?? [paths.account, t.navProfile];
  return (
    <div class="account-page">
      <nav class="account-nav" aria-label={t.accountTitle}>
        <a class="button button-quiet account-back" href={paths.home}>
          <Icon name="back" />
          <span class="button-text">{t.backToRooms}</span>
        </a>
        <ul>
          {pages.map(([path, name]) => (
            <li key={path}>
              <a class="menu-item" href={path} aria-current={path === current ? 'page' : undefined}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="account-content" key={current}>
        <PageTitle title={title}>{title}</PageTitle>
        {content(current)}
      </div>
    </div>
  );
}

function content(current: string): ComponentChildren {
  const who = user.value;
  if (!who) return null;
  switch (current) {
    case paths.accountSecurity:
      return (
        <>
          <SecondStepList email={who.email} />
          <PasswordSection user={who} />
        </>
      );
    case paths.accountDevices:
      return <DeviceList />;
    case paths.accountData:
      return <DataSection />;
    default:
      return (
        <>
          <ProfileSection user={who} />
          <EmailSection user={who} />
        </>
      );
  }
}

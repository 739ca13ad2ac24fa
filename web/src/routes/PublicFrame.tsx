import type { ComponentChildren } from 'preact';
import { AccountMenu } from '../features/accounts/AccountMenu';
import { user } from '../features/accounts/session';
import { CallBar } from '../features/calls/lazyCall';
import { text } from '../i18n';
import { paths } from '../paths';
import { LanguageSelect } from '../ui/LanguageSelect';
import { Logo } from '../ui/Logo';

/** What pages outside a workspace stand in. */
export const PublicFrame = ({
  children,
  wide = false,
}: {
  children: ComponentChildren;
  wide?: boolean;
}) => (
  <div class="public">
    <a class="skip" href="#content">
      {text.value.skipToContent}
    </a>
    <header class="top">
      <a class="top-logo" href={paths.home}>
        <Logo />
      </a>
      <div class="top-end">
        <LanguageSelect />
        {user.value && <AccountMenu user={user.value} />}
      </div>
    </header>
    <main id="content" class={wide ? 'public-main public-wide' : 'public-main'} tabIndex={-1}>
      {children}
    </main>
    {user.value && <CallBar />}
  </div>
);

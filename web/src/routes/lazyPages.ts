import { lazy } from '../ui/lazy';

// One line per page outside the shell. What these files import comes when somebody goes there.
export const SignUpPage = lazy(() => import('./SignUpPage').then((page) => page.SignUpPage));
export const ConfirmPage = lazy(() => import('./ConfirmPage').then((page) => page.ConfirmPage));
export const MembersPage = lazy(() => import('./MembersPage').then((page) => page.MembersPage));

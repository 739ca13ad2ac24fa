const part = encodeURIComponent;

/** Every address of the application, written once. */
export const paths = {
  home: '/',
  signIn: '/sign-in',
  signUp: '/sign-up',
  confirm: '/verify',
  invite: '/invite',
  forgot: '/forgot',
  reset: '/reset',
  join: '/join',
  account: '/account',
  accountSecurity: '/account/security',
  accountDevices: '/account/devices',
  accountData: '/account/data',
  workspaces: '/workspaces',
  workspace: (workspace: string) => `/w/${part(workspace)}`,
  members: (workspace: string) => `/w/${part(workspace)}/members`,
  policy: (workspace: string) => `/w/${part(workspace)}/policy`,
  audit: (workspace: string) => `/w/${part(workspace)}/audit`,
  findings: (workspace: string) => `/w/${part(workspace)}/findings`,
  reviews: (workspace: string) => `/w/${part(workspace)}/access-reviews`,
  review: (workspace: string, review: string) =>
    `/w/${part(workspace)}/access-reviews/${part(review)}`,
  settings: (workspace: string) => `/w/${part(workspace)}/settings`,
  room: (workspace: string, room: string) => `/w/${part(workspace)}/rooms/${part(room)}`,
  signInAndReturn: (to: string) => `/sign-in?return=${part(to)}`,
  signUpAndReturn: (to: string) => `/sign-up?return=${part(to)}`,
} as const;

import './styles/index.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app';
import { askWho } from './features/accounts/session';
import { watchSession } from './features/accounts/watchSession';
import { locale } from './i18n';
import { startRouter } from './router';
import { listenForKeys } from './voice/listenForKeys';

effect(() => {
  document.documentElement.lang = locale.value;
});
startRouter();
listenForKeys();
void askWho();
watchSession();

const root = document.getElementById('app');
if (root) render(<App />, root);

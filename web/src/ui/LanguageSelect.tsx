import { chooseLocale, type Locale, locale, text } from '../i18n';
import { Icon } from './Icon';

export const LanguageSelect = () => (
  <span class="language">
    <Icon name="globe" />
    <select
      aria-label={text.value.language}
      value={locale.value}
      onChange={(event) => chooseLocale(event.currentTarget.value as Locale)}
    >
      <option value="ja" lang="ja">
        日本語
      </option>
      <option value="en" lang="en">
        English
      </option>
    </select>
  </span>
);

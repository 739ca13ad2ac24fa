/** The mark: somebody in the middle, and the place that their voice fills. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <g class="mark-waves">
      <path d="M11.2 20.8a6.8 6.8 0 0 1 0-9.6M20.8 11.2a6.8 6.8 0 0 1 0 9.6" />
      <path class="mark-far" d="M7.6 24.4a11.9 11.9 0 0 1 0-16.8M24.4 7.6a11.9 11.9 0 0 1 0 16.8" />
    </g>
    <circle class="mark-core" cx="16" cy="16" r="3.1" />
  </svg>
);

export const Logo = () => (
  <span class="logo">
    <Mark />
    <span class="logo-word">
      Koeba
      <span class="logo-kanji" lang="ja">
        声場
      </span>
    </span>
  </span>
);

/** The place of voice, drawn large for pages that have room for it. */
export const SoundField = () => (
  <svg class="sound-field" viewBox="0 0 400 400" aria-hidden="true" focusable="false">
    <circle class="field-ring" cx="200" cy="200" r="190" />
    <circle class="field-ring" cx="200" cy="200" r="146" />
    <circle class="field-ring" cx="200" cy="200" r="102" />
    <circle class="field-ring field-near" cx="200" cy="200" r="62" />
    <circle class="field-core" cx="200" cy="200" r="26" />
    <circle class="field-dot field-a" cx="318" cy="114" r="15" />
    <circle class="field-dot field-b" cx="104" cy="238" r="19" />
    <circle class="field-dot field-c" cx="236" cy="341" r="12" />
    <circle class="field-dot field-d" cx="152" cy="66" r="10" />
  </svg>
);

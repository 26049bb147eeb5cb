/** A ball that rests in its notch, and the name. */
export function Logo() {
  return (
    <span class="logo">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path class="logo-bar" d="M1 12.5h5.5l5.5 7 5.5-7H23V22H1Z" />
        <circle class="logo-ball" cx="12" cy="8.5" r="5.5" />
      </svg>
      Detent
    </span>
  );
}

/** Name, places, and the state of the connection. On a small screen the places stand at the bottom. */
import type { ConnectionState } from '../state/connection';
import type { Route } from '../state/route';
import { useConsole } from '../state/use-console';
import { Icon, type IconName } from './icon';
import { SafeText } from './safe-text';

interface Place {
  readonly name: string;
  readonly icon: IconName;
  readonly href: string;
  readonly views: readonly Route['view'][];
}

const PLACES: readonly Place[] = [
  { name: 'Invocations', icon: 'list', href: '#/invocations', views: ['invocations', 'compare'] },
  { name: 'Functions', icon: 'code', href: '#/resources', views: ['resources'] },
  { name: 'Phone', icon: 'phone', href: '#/phone', views: ['phone'] },
  { name: 'Settings', icon: 'sliders', href: '#/settings', views: ['settings'] },
];

const STATES: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  gone: 'Gateway is gone',
};

export function TopBar({ view }: { readonly view: Route['view'] }) {
  const { project, isHelpOpen } = useConsole();
  return (
    <header class="top-bar">
      <a class="brand" href="#/invocations" aria-label="Hookswitch">
        <Logo />
        <span class="brand-name">Hookswitch</span>
      </a>
      {project.value !== null && (
        <span class="project-name">
          <SafeText text={project.value.name} />
        </span>
      )}
      <nav class="places" aria-label="Console">
        {PLACES.map(({ name, icon, href, views }) => (
          <a key={name} href={href} aria-current={views.includes(view) ? 'page' : undefined}>
            <Icon name={icon} />
            {name}
          </a>
        ))}
      </nav>
      <span class="spring" />
      <ConnectionLight />
      <ThemeButton />
      <button
        type="button"
        class="button icon-only keys-button"
        aria-label="Keys"
        title="Keys (?)"
        onClick={() => {
          isHelpOpen.value = true;
        }}
      >
        <Icon name="keyboard" />
      </button>
    </header>
  );
}

function ConnectionLight() {
  const { connection } = useConsole();
  const state = connection.state.value;
  return (
    <span class={`connection ${state}`} role="status">
      <span class="light" aria-hidden="true" />
      {STATES[state]}
    </span>
  );
}

function ThemeButton() {
  const { preferences } = useConsole();
  const theme = preferences.theme.value;
  const icon = { system: 'half', light: 'sun', dark: 'moon' } as const;
  const label = `Theme: ${theme}`;
  return (
    <button
      type="button"
      class="button icon-only"
      aria-label={label}
      title={label}
      onClick={() => preferences.nextTheme()}
    >
      <Icon name={icon[theme]} />
    </button>
  );
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M7 13c0-3 4-5 9-5s9 2 9 5v3h-5v-3h-8v3H7zM16 17v7M11 24h10" />
    </svg>
  );
}

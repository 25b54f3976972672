/** The frame of every view, and which one is shown. */
import { KeysDialog } from './parts/keys-dialog';
import { ToastList } from './parts/toast-list';
import { TopBar } from './parts/top-bar';
import { useKeys } from './parts/use-keys';
import type { Console } from './state/console';
import type { Route } from './state/route';
import { ConsoleContext, useConsole } from './state/use-console';
import { InvocationsPage } from './views/invocations/invocations-page';
import { PhonePage } from './views/phone/phone-page';
import { ComparePage } from './views/replay/compare-page';
import { ResourcesPage } from './views/resources/resources-page';
import { SettingsPage } from './views/settings/settings-page';
import { SignedOutPage } from './views/signed-out-page';

export function App({ model }: { readonly model: Console }) {
  return <ConsoleContext.Provider value={model}>{<Frame />}</ConsoleContext.Provider>;
}

function Frame() {
  const { router, isSignedOut, isHelpOpen } = useConsole();
  useKeys({
    '?': () => {
      isHelpOpen.value = true;
    },
    '1': () => router.go({ view: 'invocations', id: null, filter: {} }),
    '2': () => router.go({ view: 'resources', name: null }),
    '3': () => router.go({ view: 'phone', id: null }),
    '4': () => router.go({ view: 'settings' }),
  });
  if (isSignedOut.value) return <SignedOutPage />;
  const route = router.route.value;
  return (
    <>
      <button type="button" class="skip-link" onClick={() => document.querySelector('main')?.focus()}>
        Skip to the content
      </button>
      <TopBar view={route.view} />
      <main tabIndex={-1}>
        <View route={route} />
      </main>
      <ToastList />
      <KeysDialog />
    </>
  );
}

function View({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'invocations':
      return <InvocationsPage id={route.id} filter={route.filter} />;
    case 'compare':
      return <ComparePage original={route.original} replay={route.replay} />;
    case 'resources':
      return <ResourcesPage name={route.name} />;
    case 'phone':
      return <PhonePage id={route.id} />;
    case 'settings':
      return <SettingsPage />;
  }
}

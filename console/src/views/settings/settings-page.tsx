/** What is in force, and where it came from. */
import type { ProjectInfo, Setting } from '../../../../src/admin/api';
import { Icon } from '../../parts/icon';
import { NameValues } from '../../parts/name-values';
import { SafeText } from '../../parts/safe-text';
import { Section } from '../../parts/section';
import { useLoad } from '../../parts/use-load';
import { useConsole } from '../../state/use-console';

export function SettingsPage() {
  const { api, project } = useConsole();
  const build = project.value?.build;
  const load = useLoad(() => api.settings(), [build]);
  return (
    <article class="page" aria-label="Settings" tabIndex={0}>
      <h1>Settings</h1>
      {project.value !== null && <Project project={project.value} />}
      {load.state === 'failed' && <p class="invalid">{load.why}</p>}
      {load.value !== null && (
        <>
          <Section level="h2" title="Options" note="in force">
            <Settings label="Options" settings={load.value.options} />
          </Section>
          <Section level="h2" title="Variables" note="what Functions see; secrets are masked">
            {load.value.variables.length === 0 ? (
              <p class="none">
                None. They come from <code>.env</code>.
              </p>
            ) : (
              <Settings label="Variables" settings={load.value.variables} />
            )}
          </Section>
        </>
      )}
    </article>
  );
}

function Project({ project }: { readonly project: ProjectInfo }) {
  const facts = [
    ['Project', project.name],
    ['Folder', project.root],
    ['URL', project.url],
    ['Public URL', project.publicUrl ?? 'none'],
    ['Signatures', signatures(project)],
    ['Build', project.build],
    ['Hookswitch', project.version],
    ['Node', project.node],
  ] as const;
  return (
    <>
      {project.problems.length > 0 && (
        <Section level="h2" title="Problems of the build" note={String(project.problems.length)}>
          <ul class="problems">
            {project.problems.map(({ file, message }) => (
              <li key={`${file} ${message}`}>
                <Icon name="alert" />
                <span>
                  <code>
                    <SafeText text={file} />
                  </code>{' '}
                  <SafeText text={message} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section level="h2" title="Project">
        <NameValues label="Project" pairs={facts} />
      </Section>
    </>
  );
}

function signatures({ checkSignatures, hasAuthToken }: ProjectInfo): string {
  if (!checkSignatures) return 'not checked';
  return hasAuthToken ? 'checked' : 'checked, but there is no AUTH_TOKEN: protected paths refuse everything';
}

function Settings({ label, settings }: { readonly label: string; readonly settings: readonly Setting[] }) {
  return (
    <table class="pairs settings">
      <caption class="hidden">{label}</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Value</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {settings.map(({ name, value, masked, source, help }) => (
          <tr key={name} class={source === 'default' ? 'default' : ''}>
            <th scope="row">
              <SafeText text={name} />
              {help !== '' && <span class="help">{help}</span>}
            </th>
            <td>
              {masked && <Icon name="lock" />}
              {value === '' ? <span class="none">empty</span> : <SafeText text={value} />}
            </td>
            <td class="source-cell">
              <SafeText text={source} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

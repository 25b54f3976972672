import type { ComponentChildren } from 'preact';
import type { ResourceInfo } from '../../../../src/admin/api';
import { Icon } from '../../parts/icon';
import { formatRoute } from '../../state/route';
import { contained } from '../../text/contained';

interface ListProps {
  readonly title: string;
  readonly resources: readonly ResourceInfo[];
  readonly chosen: string | null;
  /** What is said where there are none. */
  readonly children: ComponentChildren;
}

export function ResourceList({ title, resources, chosen, children }: ListProps) {
  return (
    <section class="resource-group" aria-label={title}>
      <h2>
        {title} <span class="note">{resources.length}</span>
      </h2>
      {resources.length === 0 && <p class="none">{children}</p>}
      <ul>
        {resources.map((resource) => (
          <li key={resource.name}>
            <Row resource={resource} isChosen={resource.name === chosen} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ resource, isChosen }: { readonly resource: ResourceInfo; readonly isChosen: boolean }) {
  const { name, path, visibility } = resource;
  const words = (
    <>
      <bdi class="resource-path">{contained(path)}</bdi>
      <span class={`visibility ${visibility}`}>
        {visibility !== 'public' && <Icon name="lock" />}
        {visibility}
      </span>
      <bdi class="resource-name">{contained(name)}</bdi>
    </>
  );
  if (visibility === 'private') return <div class="resource-link private">{words}</div>;
  return (
    <a
      class="resource-link"
      href={formatRoute({ view: 'resources', name })}
      data-resource={name}
      aria-current={isChosen ? 'true' : undefined}
    >
      {words}
    </a>
  );
}

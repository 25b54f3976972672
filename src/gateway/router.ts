import type { AssetResource, Build, FunctionResource } from '../model/build';

export type Route = FunctionResource | AssetResource;

const ROOT_PAGE = '/assets/index.html';

/**
 * Path -> what is there. Compiled once from a build. Private resources are not in it, so nothing tells them from a
 * missing path. Paths match exactly, without decoding or normalising (functions-behaviour 1.1); `/` falls back to a
 * public `/assets/index.html` (1.2).
 */
export class RouteTable {
  readonly #routes = new Map<string, Route>();

  constructor(build: Build) {
    for (const resource of [...build.functions, ...build.assets]) {
      if (resource.visibility !== 'private') this.#routes.set(resource.path, resource);
    }
    const page = this.#routes.get(ROOT_PAGE);
    if (page?.kind === 'asset' && page.visibility === 'public' && !this.#routes.has('/')) {
      this.#routes.set('/', page);
    }
  }

  /** Hot. */
  find(path: string): Route | null {
    return this.#routes.get(path) ?? null;
  }
}

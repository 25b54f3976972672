import { basename } from 'node:path';
import type { AssetResource, FunctionResource } from '../model/build';
import type { ProjectInfo, ResourceInfo } from './api';
import type { AdminParts } from './parts';

export function projectInfoOf({ gateway, redactor, version }: AdminParts): ProjectInfo {
  const { build, url, publicUrl, checkSignatures } = gateway;
  const base = publicUrl === null ? url : publicUrl.href.replace(/\/+$/, '');
  return {
    name: basename(build.root),
    root: build.root,
    version,
    node: process.version,
    build: build.id,
    url,
    publicUrl: publicUrl === null ? null : base,
    checkSignatures,
    hasAuthToken: build.authToken !== null,
    functions: build.functions.map((resource) => resourceInfoOf(resource, base)),
    assets: build.assets.map((resource) => resourceInfoOf(resource, base)),
    problems: build.problems.map(({ file, message }) => ({ file, message: redactor.text(message) })),
  };
}

function resourceInfoOf(
  { path, name, visibility }: FunctionResource | AssetResource,
  base: string,
): ResourceInfo {
  return { path, name, visibility, url: visibility === 'private' ? null : base + path };
}

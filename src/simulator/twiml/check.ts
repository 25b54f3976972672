/** Compares a document with a table of elements: what is unknown or out of place warns, and is passed over later. */

import type { ElementTable } from '../../model/twiml/schema';
import { type Problem, problem } from '../problem';
import { elementsOf, placeOf, type TwimlDocument, type TwimlElement } from './element';

/** More of the same help nobody. */
const MOST_PROBLEMS = 50;

export function checkDocument(document: TwimlDocument, table: ElementTable): readonly Problem[] {
  const found: Problem[] = [];
  checkElement(document.root, document.url, table, found);
  return found.slice(0, MOST_PROBLEMS);
}

function checkElement(element: TwimlElement, url: string, table: ElementTable, found: Problem[]): void {
  const row = rowOf(table, element.name);
  if (row === null) return;
  for (const [name, { line, column }] of element.attributes) {
    if (Object.hasOwn(row.attributes, name) || isNamespace(name)) continue;
    const detail = `attribute "${shorten(name)}" is not allowed in <${element.name}>${hint(name, Object.keys(row.attributes))}`;
    found.push(problem(12200, detail, { url, line, column }));
  }
  if (row.children === 'any') return;
  for (const child of elementsOf(element)) {
    if (row.children.includes(child.name) && rowOf(table, child.name) !== null) {
      checkElement(child, url, table, found);
      continue;
    }
    const code = rowOf(table, child.name) === null && row.childCode !== 14110 ? 12200 : row.childCode;
    const detail = `<${shorten(child.name)}> is not allowed in <${element.name}>${hint(child.name, row.children)}`;
    found.push(problem(code, detail, placeOf(child, url)));
  }
}

export function rowOf(table: ElementTable, name: string): ElementTable[string] | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

/** TwiML is case-sensitive, and that is the usual mistake. */
function hint(name: string, names: readonly string[]): string {
  const meant = names.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return meant === undefined ? '' : `; case counts, it is called "${meant}"`;
}

function isNamespace(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:') || name.startsWith('xml:') || name.startsWith('xsi:');
}

function shorten(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

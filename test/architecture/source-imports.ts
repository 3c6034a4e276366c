/**
 * Reads what a source file imports and where it asks for the time, from its syntax tree and not from its text, so
 * that strings and comments do not count. Knows `import`, `export from`, `import()`, `import.meta.resolve()`,
 * `new URL(..., import.meta.url)` and `import('...')` types.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'rolldown/parseAst';

export interface SourceImports {
  readonly specifiers: readonly string[];
  /** `new Date()` and `Date()` without a value: the clock, in a form that lint does not know. */
  readonly datesWithoutValue: number;
}

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

export function readSourceImports(fileName: string, source = readFileSync(fileName, 'utf8')): SourceImports {
  const specifiers: string[] = [];
  let datesWithoutValue = 0;
  visit(parseAst(source, { lang: 'ts' }, fileName), (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) specifiers.push(specifier);
    if (isDateWithoutValue(node)) datesWithoutValue += 1;
  });
  return { specifiers, datesWithoutValue };
}

/** All TypeScript files below a folder, relative to it, with slashes, sorted. */
export function listSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => name.endsWith('.ts'))
    .sort();
}

function visit(value: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
  } else if (isNode(value)) {
    see(value);
    for (const item of Object.values(value)) visit(item, see);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return textOf(node['source']);
    case 'NewExpression':
      return isNamed(node['callee'], 'URL') && mentionsImportMeta(node['arguments'])
        ? firstText(node)
        : undefined;
    case 'CallExpression':
      return isImportMetaResolve(node['callee']) ? firstText(node) : undefined;
    default:
      return undefined;
  }
}

function isDateWithoutValue(node: SyntaxNode): boolean {
  const isCall = node.type === 'NewExpression' || node.type === 'CallExpression';
  return isCall && isNamed(node['callee'], 'Date') && (node['arguments'] as unknown[]).length === 0;
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && node['name'] === name;
}

function isImportMetaResolve(node: unknown): boolean {
  return (
    isNode(node) &&
    node.type === 'MemberExpression' &&
    isNamed(node['property'], 'resolve') &&
    mentionsImportMeta(node['object'])
  );
}

function mentionsImportMeta(value: unknown): boolean {
  let found = false;
  visit(value, (node) => (found ||= node.type === 'MetaProperty'));
  return found;
}

function firstText(node: SyntaxNode): string | undefined {
  return textOf((node['arguments'] as unknown[])[0]);
}

function textOf(node: unknown): string | undefined {
  return isNode(node) && typeof node['value'] === 'string' ? node['value'] : undefined;
}

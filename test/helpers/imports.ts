import { existsSync, readdirSync, readFileSync, statSync } from 'fs'
import { dirname, join, relative } from 'path'
import ts from 'typescript'

export const ROOT = join(__dirname, '..', '..')

export interface Import {
  specifier: string
  /** Gone from the compiled file, so that nothing has to be installed for it. */
  typeOnly: boolean
}

/** What a file imports, requires, exports from elsewhere, or names in `import('…')`. */
export function importsOf(file: string): Import[] {
  const found: Import[] = []
  const add = (node: ts.Node | undefined, typeOnly: boolean) => {
    if (node && ts.isStringLiteralLike(node)) {
      found.push({ specifier: node.text, typeOnly })
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, Boolean(node.importClause?.isTypeOnly))
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly)
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true)
    } else if (ts.isExternalModuleReference(node)) {
      add(node.expression, false)
    } else if (ts.isCallExpression(node) && /^(require|import)$/.test(node.expression.getText())) {
      add(node.arguments[0], false)
    }
    ts.forEachChild(node, visit)
  }

  const text = readFileSync(join(ROOT, file), 'utf8')
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2020, true))
  return found
}

/** The TypeScript files under the given paths, relative to the project. */
export function filesUnder(...paths: string[]): string[] {
  return paths
    .filter((path) => existsSync(join(ROOT, path)))
    .flatMap((path) =>
      statSync(join(ROOT, path)).isDirectory()
        ? filesUnder(...readdirSync(join(ROOT, path)).map((name) => `${path}/${name}`))
        : [path]
    )
    .filter((path) => path.endsWith('.ts'))
}

/** The file of the package that a relative import means; `null`: it is none. */
export function fileOf(importer: string, { specifier }: Import): string | null {
  if (!specifier.startsWith('.')) {
    return null
  }
  const path = relative(ROOT, join(ROOT, dirname(importer), specifier))
  const candidates = [`${path}.ts`, `${path}/index.ts`]
  return candidates.find((candidate) => existsSync(join(ROOT, candidate))) ?? path
}

/** A way from a node back to itself, or `null`. */
export function circleIn(graph: Map<string, string[]>): string[] | null {
  const done = new Set<string>()
  const search = (node: string, path: string[]): string[] | null => {
    if (path.includes(node)) {
      return [...path.slice(path.indexOf(node)), node]
    }
    if (done.has(node)) {
      return null
    }
    for (const next of graph.get(node) ?? []) {
      const circle = search(next, [...path, node])
      if (circle) {
        return circle
      }
    }
    done.add(node)
    return null
  }

  return [...graph.keys()].reduce<string[] | null>((found, node) => found ?? search(node, []), null)
}

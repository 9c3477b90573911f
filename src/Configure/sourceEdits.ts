import type * as TypeScript from 'typescript'

/** The compiler of the app. It only parses here, so that an edit knows what is code and what is not. */
export type Compiler = typeof TypeScript

/**
 * Adds an entry to an array in a JSON file that may have comments and trailing commas, and leaves
 * every other byte alone. The same text when the array has the entry, or a path below it; `null`
 * when the file has no such array.
 */
export function addToJsonArray(ts: Compiler, text: string, path: string[], entry: string) {
  const { Latest } = ts.ScriptTarget
  const file = ts.createSourceFile('file.json', text, Latest, true, ts.ScriptKind.JSON)

  let node: TypeScript.Node | undefined = (file as TypeScript.JsonSourceFile).statements[0]
    ?.expression
  for (const key of path) {
    node = node && ts.isObjectLiteralExpression(node) ? property(ts, node, key) : undefined
  }
  if (!node || !ts.isArrayLiteralExpression(node)) {
    return null
  }

  const isThere = node.elements.some(
    (item) => ts.isStringLiteral(item) && (item.text === entry || item.text.startsWith(`${entry}/`))
  )
  return isThere ? text : append(text, node.elements, node.getEnd() - 1, JSON.stringify(entry))
}

/**
 * Adds `KEY: Env.schema.string()` to the only `Env.rules({ … })` of a file, under whatever name the
 * file imports Env, and leaves every other byte alone. The same text when the file has a rule for
 * the key; `null` when the file is of another form, or spreads rules that may have the key.
 */
export function addEnvRule(ts: Compiler, text: string, key: string): string | null {
  const file = parse(ts, text)
  const env = file && importedEnv(ts, file)
  if (!file || !env) {
    return null
  }

  let hasRule = false
  const rules: TypeScript.ObjectLiteralExpression[] = []
  const visit = (node: TypeScript.Node): void => {
    hasRule ||=
      ts.isObjectLiteralElement(node) && node.name?.getText().replace(/['"[\]]/g, '') === key
    if (
      ts.isCallExpression(node) &&
      node.expression.getText().replace(/\s/g, '') === `${env}.rules`
    ) {
      rules.push(...node.arguments.filter(ts.isObjectLiteralExpression))
    }
    ts.forEachChild(node, visit)
  }
  visit(file)

  if (hasRule) {
    return text
  }
  if (rules.length !== 1 || rules[0].properties.some(ts.isSpreadAssignment)) {
    return null
  }
  const { properties } = rules[0]
  const edited = append(text, properties, rules[0].getEnd() - 1, `${key}: ${env}.schema.string()`)
  return parse(ts, edited) && edited
}

/** The syntax tree of a file, or `null` when the file has a syntax error. */
export function parse(ts: Compiler, text: string) {
  const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true })
  return diagnostics?.length
    ? null
    : ts.createSourceFile('env.ts', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
}

/** The name under which a file imports the default export of `@ioc:Adonis/Core/Env`. */
function importedEnv(ts: Compiler, file: TypeScript.SourceFile): string | undefined {
  return file.statements
    .filter(ts.isImportDeclaration)
    .find(
      (node) => (node.moduleSpecifier as TypeScript.StringLiteral).text === '@ioc:Adonis/Core/Env'
    )?.importClause?.name?.text
}

function property(ts: Compiler, node: TypeScript.ObjectLiteralExpression, key: string) {
  return node.properties
    .filter(ts.isPropertyAssignment)
    .find(({ name }) => ts.isStringLiteral(name) && name.text === key)?.initializer
}

/**
 * Appends an item to a list, given where its closing bracket stands: on a line of its own when the
 * bracket has one, else behind the last item. A trailing comma is kept, and none is brought in.
 */
function append(
  text: string,
  list: TypeScript.NodeArray<TypeScript.Node>,
  bracket: number,
  item: string
): string {
  const last = list[list.length - 1]
  const line = text.lastIndexOf('\n', bracket) + 1
  const indent = text.slice(line, bracket)

  if (!indent.trim()) {
    const comma = list.hasTrailingComma ? ',' : ''
    const eol = text[line - 2] === '\r' ? '\r\n' : '\n'
    const added = ((last && indentOf(text, last)) ?? `${indent}  `) + item + comma + eol
    const bare = last && !comma ? last.getEnd() : line
    return (
      text.slice(0, bare) +
      (bare < line ? ',' : '') +
      text.slice(bare, line) +
      added +
      text.slice(line)
    )
  }
  if (!last) {
    const gap = text[bracket] === '}' ? ' ' : ''
    return (
      text.slice(0, list.pos) +
      gap +
      item +
      (list.pos === bracket ? gap : '') +
      text.slice(list.pos)
    )
  }
  return `${text.slice(0, last.getEnd())}, ${item}${text.slice(last.getEnd())}`
}

/** The white space before a node, when nothing else stands before it on its line. */
function indentOf(text: string, node: TypeScript.Node): string | undefined {
  const start = node.getStart()
  const before = text.slice(text.lastIndexOf('\n', start) + 1, start)
  return before.trim() ? undefined : before
}

/**
 * Writes the API reference of the documentation site from `adonis-typings`: a page for each file, with
 * every public member, its text, what it throws and its default.
 */
const fs = require('fs')
const path = require('path')
const ts = require('typescript')

const ROOT = path.join(__dirname, '..')
const TYPINGS = path.join(ROOT, 'adonis-typings')

/**
 * Title and subject of each page, in the order of the site. A file that isn't listed comes last, under its own
 * name.
 */
const PAGES = {
  session: ['The session', '`ctx.session`, the session of a request.'],
  typed_keys: [
    'Types of keys',
    'What an app declares about its keys, and the types that follow from it.',
  ],
  manager: ['The manager', 'The default export of `@ioc:Adonis/Addons/Session`.'],
  config: ['Config', 'What `config/session.ts` can contain.'],
  context: [
    'Request and response',
    'What the package adds to the context, the request and redirects.',
  ],
  store: ['Stores', 'The verbs that sessions and flash messages share.'],
  registry: ['Sessions in lists', 'What lists of sessions contain, and how they are filtered.'],
  events: ['Events', 'The events that the package emits, with their data.'],
  tests: ['Test client', 'What the package adds to the test client of Japa.'],
  client: ['Outside of a request', 'Sessions for the test client, and sessions of visitors.'],
  drivers: ['Driver contracts', 'What a session driver implements.'],
  container: ['Container', 'The name under which the IoC container resolves the manager.'],
}

/** The names of the pages with their titles. `index.ts` only refers to the other files. */
function pageList() {
  const files = fs.readdirSync(TYPINGS).map((file) => path.basename(file, '.ts'))
  const known = Object.keys(PAGES).filter((name) => files.includes(name))
  const others = files.filter((name) => name !== 'index' && !known.includes(name))
  return [...known, ...others].map((name) => {
    const [title, subject] = PAGES[name] ?? [name]
    return { name, title, subject }
  })
}

/** Text of a comment in Markdown: what looks like a tag of HTML outside of code is only text. */
function markdownOf(text) {
  return text.replace(/`[^`]*`|[<{]/g, (found) =>
    found === '<' ? '&lt;' : found === '{' ? '&#123;' : found
  )
}

/** Error codes lead to the page that says what to do about them. */
function linked(text) {
  return text.replace(/\bE_\w+/g, (code) => `[\`${code}\`](../errors.md#${code.toLowerCase()})`)
}

/** A default that is a value is code: `false`, `[]`, `{ table: 'sessions' }`. Others are words. */
function defaultOf(text) {
  return /^\w+$|^[[{]|=/.test(text) ? `\`${text}\`` : markdownOf(text)
}

function commentOf(node) {
  const textOf = (comment) => ts.getTextOfJSDocComment(comment) ?? ''
  const tags = (name) =>
    ts
      .getJSDocTags(node)
      .filter(({ tagName }) => tagName.text === name)
      .map(({ comment }) => textOf(comment).replace(/\s+/g, ' ').trim())

  const parts = (node.jsDoc ?? []).map(({ comment }) => markdownOf(textOf(comment)))
  tags('default').forEach((value) => parts.push(`Default: ${defaultOf(value)}`))
  tags('throws').forEach((value) => parts.push(`Throws: ${linked(markdownOf(value))}`))
  return parts.filter(Boolean)
}

/** Source without the indentation of the place where it stands. */
function codeOf(nodes) {
  const texts = nodes.map((node) => {
    const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart())
    const indent = /^ */.exec(node.getSourceFile().text.split('\n')[line])[0]
    return node.getText().split(`\n${indent}`).join('\n')
  })
  return ['```ts', ...texts, '```'].join('\n')
}

function nameOf({ name }) {
  return name?.getText().replace(/['"]/g, '')
}

/** The members of an interface. The text of an overload is also that of those after it without one. */
function membersOf(node) {
  const groups = []
  for (const member of node.members) {
    const previous = groups[groups.length - 1]
    const isOverload = previous && nameOf(previous[0]) === nameOf(member)
    isOverload && !member.jsDoc ? previous.push(member) : groups.push([member])
  }
  return groups.flatMap((nodes, index) => {
    const name = nameOf(nodes[0])
    const isFirst = !index || nameOf(groups[index - 1][0]) !== name
    return [...(isFirst ? [`### ${name}`] : []), codeOf(nodes), ...commentOf(nodes[0])]
  })
}

/** A type with its heading; `place` says below it where the type is declared. */
function declarationOf(node, place) {
  if (ts.isInterfaceDeclaration(node)) {
    const bases = (node.heritageClauses ?? []).map((clause) => `\`${clause.getText()}\``)
    return [`## ${node.name.text}`, ...place, ...bases, ...commentOf(node), ...membersOf(node)]
  }
  if (ts.isTypeAliasDeclaration(node)) {
    return [`## ${node.name.text}`, ...place, ...commentOf(node), codeOf([node])]
  }
  return []
}

/** With `export {}`, a module exports only what says so. Without it, a declaration file exports everything. */
function publicOf({ body: { statements } }) {
  const isPublic = (node) =>
    node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  return statements.some(ts.isExportDeclaration) ? statements.filter(isPublic) : statements
}

/** One page: what a file declares. Only if it has several modules, each type names its own. */
function pageOf({ name, title, subject }) {
  const file = path.join(TYPINGS, `${name}.ts`)
  const text = fs.readFileSync(file, 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2020, true)

  const modules = source.statements.filter(ts.isModuleDeclaration)
  const placeOf = (module) => [`Declared in \`${module.name.text}\`.`]
  const isOne = modules.length === 1
  const declared = modules.flatMap((module) =>
    publicOf(module).flatMap((node) => declarationOf(node, isOne ? [] : placeOf(module)))
  )
  const intro = [...(subject ? [subject] : []), ...(isOne ? placeOf(modules[0]) : [])].join(' ')
  return [`# ${title}`, intro, ...declared].filter(Boolean).join('\n\n') + '\n'
}

function indexOf(pages) {
  const links = pages.map(({ name, title, subject }) =>
    [`- [${title}](${name}.md)`, ...(subject ? [subject] : [])].join(': ')
  )
  const text = 'Every public type of the package, as an editor shows it.'
  return ['# API reference', text, links.join('\n')].join('\n\n') + '\n'
}

/** The pages by the names of their files. */
function referencePages() {
  const pages = pageList()
  return {
    'pages.json': JSON.stringify(pages, null, 2) + '\n',
    'index.md': indexOf(pages),
    ...Object.fromEntries(pages.map((page) => [`${page.name}.md`, pageOf(page)])),
  }
}

function writeReference(folder) {
  fs.rmSync(folder, { recursive: true, force: true })
  fs.mkdirSync(folder, { recursive: true })
  for (const [file, text] of Object.entries(referencePages())) {
    fs.writeFileSync(path.join(folder, file), text)
  }
}

module.exports = { referencePages, writeReference }
